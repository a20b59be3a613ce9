# SPDX-License-Identifier: GPL-2.0-only
# The names of operations and symbols are everybody's, what carries them out is the guest's.
pure-srcs += inject/ops/mutator.c inject/symbols.c
host-srcs += inject/injector.c inject/null.c $(wildcard inject/gate/*.c inject/pages/*.c)
agent-srcs += inject/ops/ops.c
test-srcs += $(wildcard inject/tests/*.c)
fuzz-srcs += $(wildcard inject/fuzz/*.c)
