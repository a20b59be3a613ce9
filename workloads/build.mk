# SPDX-License-Identifier: GPL-2.0-only
# lang, ops, model, matrix and storm are pure but for what carries operations out; exec, oracles and pins run in the guest.
pure-srcs += $(foreach d,lang ops model matrix storm,$(wildcard workloads/$(d)/*.c))
agent-srcs += $(foreach d,exec oracles pins,$(wildcard workloads/$(d)/*.c))
test-srcs += $(wildcard workloads/tests/test-*.c)

# What needs no device is tested on the host.
$(BUILD)/tests/test-pin-process: $(addprefix $(BUILD)/asan/workloads/pins/,pin.o process.o beat.o)
$(BUILD)/tests/test-beat: $(BUILD)/asan/workloads/pins/beat.o
$(BUILD)/tests/test-held: $(BUILD)/asan/workloads/oracles/held.o
$(BUILD)/tests/test-still: $(BUILD)/asan/workloads/oracles/still.o

# The interpreter as it is, under a kernel that the test makes up: these functions come first.
judge-srcs := $(wildcard workloads/tests/fake-*.c workloads/tests/judge-*.c) \
	$(wildcard workloads/exec/*.c workloads/oracles/*.c) \
	$(addprefix workloads/pins/,pin.c null.c beat.c process.c)
judge-wraps := op_run kill task_sample task_stack exec_measure_window pin_wait_rounds \
	open stat unlink statx pread fsync syncfs mkdir chown chmod symlink chdir mount umount2 path_exists file_poke file_read \
	run_program fsmap_of_file fsmap_free pagemap_init pagemap_scan pagemap_frames link_send guest_ms
$(BUILD)/tests/test-judge: $(judge-srcs:%.c=$(BUILD)/asan/%.o)
$(BUILD)/tests/test-judge: TEST_LDFLAGS := $(judge-wraps:%=-Wl,--wrap=%)

# The frame of the oracles alone: those that there are do not listen.
oracles-srcs := $(filter-out workloads/tests/judge-%,$(judge-srcs))
$(BUILD)/tests/test-oracles: $(oracles-srcs:%.c=$(BUILD)/asan/%.o)
$(BUILD)/tests/test-oracles: TEST_LDFLAGS := $(judge-wraps:%=-Wl,--wrap=%) -Wl,--wrap=oracles
fuzz-srcs += $(wildcard workloads/fuzz/*.c)
fuzz-seeds-scenario := workloads/scenarios

# The helpers of `daxrig show --c`, and the files of `--kselftest`, as strings.
host-srcs += $(wildcard workloads/c/*.c)
c-parts := $(wildcard workloads/c/parts/*.c)
kselftest-parts := $(wildcard workloads/c/kselftest/*)
# the folders: when a file goes. They are not to be made of parts.c and kselftest.c
workloads/c/parts workloads/c/kselftest: ;
# $(1) files, $(2) what their names lose
c-strings = for f in $(1); do printf '{ "%s",\n' "$$(basename $$f $(2))"; \
	sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; done > $@
$(BUILD)/gen/c-parts.inc: $(c-parts) workloads/c/parts
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(call c-strings,$(c-parts),.c)
$(BUILD)/gen/kselftest-parts.inc: $(kselftest-parts) workloads/c/kselftest
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(call c-strings,$(kselftest-parts))
c-parts-objs := $(foreach d,host asan fuzz,$(BUILD)/$(d)/workloads/c/parts.o)
$(c-parts-objs): CPPFLAGS += -I$(BUILD)/gen
$(c-parts-objs): $(BUILD)/gen/c-parts.inc $(BUILD)/gen/kselftest-parts.inc
