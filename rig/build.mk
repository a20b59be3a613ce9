# SPDX-License-Identifier: GPL-2.0-only
# The files of base/ that the guest does not need are built for the host only.
base-host := rig/base/digest.c
pure-srcs += $(wildcard rig/wire/*.c rig/wire/filesystem/*.c) \
	$(filter-out $(base-host),$(wildcard rig/base/*.c))
host-srcs += $(base-host) $(foreach d,cmd plan run nightly guest host bisect worsen mutants,$(wildcard rig/$(d)/*.c))
agent-srcs += rig/agent-main.c
bench-srcs := $(wildcard rig/bench/*.c)
test-srcs += $(wildcard rig/tests/*.c)

# These tests run the program itself.
$(BUILD)/tests/test-main $(BUILD)/tests/test-pack: | daxrig
fuzz-srcs += $(wildcard rig/fuzz/*.c)
heard-wraps := link_send guest_ms virt_domain_monitor rundir_case_write
$(BUILD)/fuzz/fuzz-heard: FUZZ_LDFLAGS := $(heard-wraps:%=-Wl,--wrap=%)
hello-wraps := console_open console_close console_read virt_domain_start virt_domain_is_gone \
	virt_domain_connect_channel virt_domain_event_fd virt_domain_destroy
$(BUILD)/fuzz/fuzz-hello: FUZZ_LDFLAGS := $(hello-wraps:%=-Wl,--wrap=%)

# This test has a run_cases() of its own.
$(BUILD)/tests/test-night: TEST_LDFLAGS := -Wl,--wrap=run_cases -Wl,--wrap=run_host_close -Wl,--wrap=cases_from_plan

# This one, too, and no kernels.
$(BUILD)/tests/test-mutants-run: TEST_LDFLAGS := $(foreach f,run_cases run_host_close kernel_get \
	kernel_find kernel_free covered_read covered_deinit,-Wl,--wrap=$(f))
