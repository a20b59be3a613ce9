# SPDX-License-Identifier: GPL-2.0-only
# daxrig: `make run` and `make test` are all a user needs; see README.md.

BUILD := build
CC := gcc
V ?= 0
DEV ?= 0

ifeq ($(V),1)
say =
Q :=
else
say = @printf '  %-6s %s\n' $(1) $(2);
Q := @
endif

CPPFLAGS := -D_GNU_SOURCE -I. -Irig
CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -fno-strict-aliasing -pthread
ifneq ($(DEV),0)
CFLAGS += -Werror
endif
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined

# Each room says what it adds:
#   pure-srcs   no I/O, linked into both the host program and the agent
#   host-srcs   the host program     agent-srcs  the static agent (PID 1)
#   test-srcs   one cmocka program each
#   fuzz-srcs   one libFuzzer program each
pure-srcs :=
host-srcs :=
agent-srcs :=
test-srcs :=
fuzz-srcs :=
include rig/build.mk guests/build.mk workloads/build.mk inject/build.mk reports/build.mk

.DEFAULT_GOAL := all
include rig/rules.mk rig/install.mk
