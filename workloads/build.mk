# SPDX-License-Identifier: GPL-2.0-only
# workloads/*.c, model, matrix and storm are pure; workloads/exec and workloads/pins run in the guest.
pure-srcs += $(wildcard workloads/*.c workloads/model/*.c workloads/matrix/*.c \
	workloads/storm/*.c)
agent-srcs += $(wildcard workloads/exec/*.c workloads/pins/*.c)
test-srcs += $(wildcard workloads/tests/*.c)

# What needs no device is tested on the host.
$(BUILD)/tests/test-pin-process: $(addprefix $(BUILD)/asan/workloads/pins/,process.o beat.o)
$(BUILD)/tests/test-beat: $(BUILD)/asan/workloads/pins/beat.o
