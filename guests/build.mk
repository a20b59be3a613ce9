# SPDX-License-Identifier: GPL-2.0-only
# guests/*.c builds on the host; guests/agent/*.c is the agent's.
host-srcs += $(wildcard guests/*.c)
agent-srcs += $(wildcard guests/agent/*.c)
test-srcs += $(wildcard guests/tests/*.c)
