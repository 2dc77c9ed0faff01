extension StatusPage {
    /// Follows the reader's light or dark setting; on a narrow screen each row becomes a card whose cells name
    /// themselves.
    static let style: HTML = """

        :root { color-scheme: light dark; --text: #1c2127; --soft: #5c6670; --line: #dde1e6; --page: #f6f7f9;
          --card: #fff; --link: #0b5cad; --good: #1a7f45; --bad: #b3261e; --warn: #8a5a00; --bad-page: #fdf0ef; }
        @media (prefers-color-scheme: dark) { :root { --text: #e4e7eb; --soft: #98a2ad; --line: #333a42;
          --page: #14171b; --card: #1c2026; --link: #6cb2f7; --good: #5cc98a; --bad: #ff8a80; --warn: #e5b455;
          --bad-page: #2c1a1a; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text);
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        header, main { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
        header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 24px; padding-top: 22px; }
        h1 { font-size: 22px; margin: 0; } h1 small { font-size: 14px; font-weight: 400; color: var(--soft); }
        h2 { font-size: 15px; margin: 0 0 8px; } h2 small { font-size: 13px; font-weight: 400; color: var(--soft); }
        nav a { margin-right: 18px; } a { color: var(--link); }
        .facts { display: flex; flex-wrap: wrap; gap: 10px 32px; margin: 16px 0 20px; }
        .facts dt { color: var(--soft); font-size: 13px; } .facts dd { margin: 0; overflow-wrap: anywhere; }
        .problems { background: var(--bad-page); border: 1px solid var(--bad); border-radius: 8px;
          padding: 14px 18px; margin-bottom: 20px; }
        .problems h2 { color: var(--bad); } .problems ul { margin: 0; padding-left: 18px; }
        pre { margin: 4px 0; font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
          white-space: pre-wrap; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          margin-bottom: 32px; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: 9px 12px; vertical-align: top; font-weight: 400; white-space: nowrap; }
        thead th { color: var(--soft); font-size: 13px; padding-bottom: 7px; }
        tbody tr:first-child > * { border-top: 1px solid var(--line); }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 200px; }
        .plugin .name, .entry .name { font-weight: 600; } .note { display: block; color: var(--soft); font-size: 13px; }
        .of { color: var(--soft); font-size: 13px; }
        .target > * { padding-top: 3px; padding-bottom: 5px; } .target th { padding-left: 30px; }
        .error td { padding-top: 0; white-space: normal; } .error pre { color: var(--bad); }
        .target + .error td { padding-left: 30px; }
        details table { margin: 4px 0; } summary, .tally { color: var(--soft); } summary { cursor: pointer; }
        .state::before { content: "\\25CF"; margin-right: 6px; font-size: 11px; vertical-align: 1px; }
        .ok::before { color: var(--good); } .failing, .load_error { color: var(--bad); font-weight: 600; }
        .waiting::before { color: var(--warn); } .disabled { color: var(--soft); }
        .empty { color: var(--soft); }
        @media (max-width: 760px) { header, main { padding-left: 14px; padding-right: 14px; } thead { display: none; }
          table, tbody, tr, th, td { display: block; } tbody { border-top: 1px solid var(--line); padding: 8px 0; }
          tbody:first-of-type { border-top: 0; } tbody tr:first-child > * { border-top: 0; }
          th, td, .target > *, .target th, .target + .error td { padding: 2px 14px; text-align: left; white-space: normal; }
          .target { margin-top: 8px; padding-left: 12px; } .target + .error { padding-left: 12px; }
          td:empty { display: none; } td[data-label] { display: flex; justify-content: space-between; gap: 12px; }
          td[data-label]::before { content: attr(data-label); color: var(--soft); } .of { display: none; } }

        """
}
