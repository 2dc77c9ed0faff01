// The border to Lua's C API. Everything that may longjmp is in these headers, so that no Lua error ever
// unwinds a Swift frame.
#ifndef CLUA_SHIM_H
#define CLUA_SHIM_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "control.h"
#include "coroutines.h"
#include "calls.h"
#include "plan.h"
#include "patterns.h"
#include "gsub.h"
#include "guards.h"
#include "tables.h"

#endif
