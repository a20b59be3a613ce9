# SPDX-License-Identifier: GPL-2.0-only
# Host and agent share the list of symbols that injectors need.
pure-srcs += inject/symbols.c
host-srcs += $(filter-out inject/symbols.c,$(wildcard inject/*.c)) $(wildcard inject/gate/*.c inject/pages/*.c)
test-srcs += $(wildcard inject/tests/*.c)
fuzz-srcs += $(wildcard inject/fuzz/*.c)

# What QEMU loads for 'run --coverage'. It runs inside QEMU, and so links nothing of daxrig.
plugin-obj := $(BUILD)/plugin/inject/coverage/plugin.o
$(plugin-obj): inject/coverage/plugin.c
	@mkdir -p $(@D)
	$(call say,CC,"$< (plugin)")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -fvisibility=hidden -MMD -MP -c $< -o $@

$(BUILD)/daxrig-coverage.so: $(plugin-obj)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) -shared $< -o $@
