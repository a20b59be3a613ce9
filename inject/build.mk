# SPDX-License-Identifier: GPL-2.0-only
# Host and agent share the list of symbols that injectors need.
pure-srcs += inject/symbols.c
host-srcs += inject/injector.c inject/null.c $(wildcard inject/gate/*.c inject/pages/*.c)
test-srcs += $(wildcard inject/tests/*.c)
fuzz-srcs += $(wildcard inject/fuzz/*.c)
