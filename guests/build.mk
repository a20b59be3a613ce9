# SPDX-License-Identifier: GPL-2.0-only
# The agent is built from guests/agent/*.c; all other sources are for the host.
host-srcs += $(wildcard guests/*.c) $(foreach d,store build mutate archive image,$(wildcard guests/$(d)/*.c))
agent-srcs += $(wildcard guests/agent/*.c)
test-srcs += $(wildcard guests/tests/test-*.c)

$(BUILD)/host/guests/build/profile.o $(BUILD)/asan/guests/build/profile.o: $(wildcard guests/profiles/*.config)

# Agent code that tests run on the host.
agent-tests := $(addprefix $(BUILD)/tests/,test-agent-parse test-agent-loop test-agent-shell \
	test-agent-protocol test-btf)
$(agent-tests): $(addprefix $(BUILD)/asan/guests/agent/,parse.o btf.o link.o relay.o case.o \
	case-run.o case-link.o shell.o helper.o evidence.o)
$(addprefix $(BUILD)/tests/,test-agent-loop test-agent-protocol test-agent-shell): \
	$(BUILD)/asan/guests/tests/loop-host.o
fuzz-srcs += $(wildcard guests/fuzz/*.c)
fuzz-agent-srcs := guests/agent/btf.c
fuzz-seeds-patch := guests/mutants
