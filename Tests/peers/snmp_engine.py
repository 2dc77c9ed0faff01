"""An agent of SNMPv3 by pysnmp, which reports what is wrong with a request.

Usage: snmp_engine.py [--engine-id HEX] [--context-engine-id HEX] [--boots N] [--port N]

Prints {"port": N} when it listens on 127.0.0.1, and ends with its standard input. Users: `alice`, authPriv with SHA and
AES; `signer`, authNoPriv with SHA; passwords are `authpassword` and `privpassword`. Each has the contexts "", `alpha` and
`beta`, in which 1.3.6.1.4.1.99999.1.0 is 0, 1 and 2; with --context-engine-id these are that engine's, not its own.
"""

import argparse
import json
import sys
import threading

from pysnmp.carrier.asyncore.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto.api import v2c
from pysnmp.proto.error import StatusInformation
from pysnmp.smi import instrum

NAME = (1, 3, 6, 1, 4, 1, 99999, 1, 0)
CONTEXTS = {"": 0, "alpha": 1, "beta": 2}
USERS = {
    "alice": ("authPriv", (
        config.usmHMACSHAAuthProtocol, "authpassword", config.usmAesCfb128Protocol, "privpassword",
    )),
    "signer": ("authNoPriv", (config.usmHMACSHAAuthProtocol, "authpassword")),
}


class Objects(instrum.AbstractMibInstrumController):
    """One object."""

    def __init__(self, value):
        self.value = value

    def readVars(self, varBinds, acInfo=(None, None)):
        return [
            (name, v2c.Integer(self.value) if tuple(name) == NAME else v2c.NoSuchObject()) for name, _ in varBinds
        ]


class Responder(cmdrsp.GetCommandResponder):
    """Reports an unknown context (RFC 3413 §3.2), which pysnmp 4.4 means to do and does not."""

    def handleMgmtOperation(self, snmpEngine, stateReference, contextName, PDU, acInfo):
        if contextName in map(v2c.OctetString, CONTEXTS):
            return super().handleMgmtOperation(snmpEngine, stateReference, contextName, PDU, acInfo)
        counter, = snmpEngine.msgAndPduDsp.mibInstrumController.mibBuilder.importSymbols(
            "__SNMP-TARGET-MIB", "snmpUnknownContexts"
        )
        counter.syntax += 1
        request = list(self._CommandResponderBase__pendingReqs[stateReference])
        self.releaseStateInformation(stateReference)
        *header, _, _, longest, _ = request
        cause = {"oid": counter.name, "val": counter.syntax}
        try:
            snmpEngine.msgAndPduDsp.returnResponsePdu(snmpEngine, *header, PDU, longest, stateReference, cause)
        except StatusInformation as error:
            print(error, file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description="An agent of SNMPv3.")
    parser.add_argument("--engine-id", default="80001f8880e9630000d61ff449")
    parser.add_argument("--context-engine-id")
    parser.add_argument("--boots", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    agent = engine.SnmpEngine(snmpEngineID=v2c.OctetString(hexValue=options.engine_id))
    boots, = agent.msgAndPduDsp.mibInstrumController.mibBuilder.importSymbols(
        "__SNMP-FRAMEWORK-MIB", "snmpEngineBoots"
    )
    boots.syntax = boots.syntax.clone(options.boots)
    transport = udp.UdpTransport().openServerMode(("127.0.0.1", options.port))
    config.addTransport(agent, udp.domainName, transport)
    objects_of = options.context_engine_id and v2c.OctetString(hexValue=options.context_engine_id)
    responder = context.SnmpContext(agent, contextEngineId=objects_of)
    for name, value in CONTEXTS.items():
        if not name:
            responder.unregisterContextName(v2c.OctetString(name))
        responder.registerContextName(v2c.OctetString(name), Objects(value))
    for user, (level, keys) in USERS.items():
        config.addV3User(agent, user, *keys)
        for name in CONTEXTS:
            config.addVacmUser(agent, 3, user, level, (1, 3, 6), contextName=name)
    Responder(agent, responder)
    print(json.dumps({"port": transport.socket.getsockname()[1]}), flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), agent.transportDispatcher.closeDispatcher()), daemon=True).start()
    agent.transportDispatcher.jobStarted(1)
    agent.transportDispatcher.runDispatcher(timeout=0.2)


if __name__ == "__main__":
    main()
