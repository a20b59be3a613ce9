# SPDX-License-Identifier: GPL-2.0-only
host-srcs += $(foreach d,splat symbols text record history render site coverage,$(wildcard reports/$(d)/*.c))
test-srcs += $(wildcard reports/tests/*.c)
fuzz-srcs += $(wildcard reports/fuzz/*.c)
fuzz-seeds-known := reports/known.txt
fuzz-seeds-finding := reports/findings
fuzz-seeds-scope := reports/coverage/scope.txt
