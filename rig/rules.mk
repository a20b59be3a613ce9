# SPDX-License-Identifier: GPL-2.0-only
# The rules of the build; the build.mk of each room lists what is built.

HOST_PKGS := libvirt libvirt-qemu libxml-2.0 libarchive libkmod jansson libpcre2-8 nettle libxxhash sqlite3 libdw libelf
HOST_CFLAGS = $(shell pkg-config --cflags $(HOST_PKGS))
HOST_LIBS = $(shell pkg-config --libs $(HOST_PKGS)) -lm
# One provider, linked statically: the agent is the only program in the guest.
# A kernel struct that ends in an array is followed by its elements; clang warns, gcc does not.
AGENT_CFLAGS = $(shell pkg-config --cflags libnl-3.0 2>/dev/null) -DRDMA_STATIC_PROVIDERS=rxe \
	-Wno-gnu-variable-sized-type-not-at-end
AGENT_LIBS := -Wl,--start-group -libverbs -lrxe-rdmav34 -luring \
	-lnl-route-3 -lnl-3 -Wl,--end-group

main-src := rig/cmd/main.c
bench-main := rig/bench/main.c
host-objs := $(patsubst %.c,$(BUILD)/host/%.o,$(filter-out $(main-src),$(host-srcs) $(pure-srcs)))
asan-objs := $(patsubst %.c,$(BUILD)/asan/%.o,$(filter-out $(main-src),$(host-srcs) $(pure-srcs)) \
	$(filter-out $(bench-main),$(bench-srcs)))
agent-objs := $(patsubst %.c,$(BUILD)/agent/%.o,$(agent-srcs) $(pure-srcs))
all-objs := $(patsubst %.c,$(BUILD)/host/%.o,$(host-srcs) $(pure-srcs) $(bench-srcs) $(fuzz-srcs) \
	$(foreach r,rig guests workloads inject reports,$(wildcard $(r)/tests/*.c))) $(agent-objs) $(plugin-obj)
tests := $(addprefix $(BUILD)/tests/,$(notdir $(test-srcs:.c=)))
# The tests that boot guests.
guest-tests := $(filter %/test-guest %/test-fork %/test-faults %/test-host-faults %/test-killed \
	%/test-resume %/test-exec %/test-hold %/test-worsened %/test-confined %/test-slurm %/test-machines %/test-coverage-guest,$(tests))

.PHONY: all objects
all: daxrig $(BUILD)/daxrig-agent $(BUILD)/daxrig-coverage.so ## build daxrig, its agent and its plugin for QEMU

# For a second compiler's warnings.
objects: $(all-objs) ## compile all, tests and fuzz targets too, link nothing; CC=clang BUILD=build/clang

daxrig: $(BUILD)/host/$(main-src:.c=.o) $(host-objs)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $^ -o $@ $(HOST_LIBS)

$(BUILD)/daxrig-bench: $(bench-srcs:%.c=$(BUILD)/host/%.o) $(host-objs)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $^ -o $@ $(HOST_LIBS)

$(BUILD)/daxrig-agent: $(agent-objs)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) -static $^ -o $@ $(AGENT_LIBS)

$(BUILD)/host/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(HOST_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/asan/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,"$< (asan)")
	$(Q)$(CC) $(CPPFLAGS) $(HOST_CFLAGS) $(CFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@

$(BUILD)/agent/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,"$< (agent)")
	$(Q)$(CC) $(CPPFLAGS) $(AGENT_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# Host tests run under ASan and UBSan, against the host's own objects.
$(BUILD)/libdaxrig-asan.a: $(asan-objs)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar qcs $@ $^

define test_rule
$(BUILD)/tests/$(notdir $(1:.c=)): $(BUILD)/asan/$(1:.c=.o) $(BUILD)/libdaxrig-asan.a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(CFLAGS) $$(SANITIZE) $$(TEST_LDFLAGS) $$(filter %.o,$$^) $$(filter %.a,$$^) -o $$@ $$(HOST_LIBS) -lcmocka
endef
$(foreach t,$(test-srcs),$(eval $(call test_rule,$(t))))

.PHONY: packages run test bench host-tests check-rules check-manual check-install format
packages: ## install what is missing
	@rig/install-packages.sh

nproc := $(shell nproc)
# all cores unless the caller said otherwise
parallel = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(nproc))
quiet = $(if $(filter 1,$(V)),,-s)

# Recursive calls: make must look again for what was just installed
run: packages ## boot a kernel and run the quick plan; ARGS="OPTION... CASE..." for daxrig run
	@$(MAKE) --no-print-directory $(quiet) $(parallel) all
	./daxrig run $(ARGS)

test: packages ## every test, guests included
	@$(MAKE) --no-print-directory $(quiet) $(parallel) all $(tests)
	@$(MAKE) --no-print-directory $(quiet) check-rules check-manual check-install run-tests

# Ratios, measured on this machine; ARGS="--json FILE" keeps them
bench: packages ## the speed of the rig, as ratios
	@$(MAKE) --no-print-directory $(quiet) $(parallel) all $(BUILD)/daxrig-bench
	@$(BUILD)/daxrig-bench $(ARGS)

# libFuzzer comes with clang, which nothing else needs. A target is FOLDER/fuzz/fuzz-NAME.c, its
# seeds are in FOLDER/fuzz/NAME and $(fuzz-seeds-NAME), its words in FOLDER/fuzz/NAME.dict.
FUZZ_CC := clang
FUZZ_SECONDS := 60
FUZZ_SANITIZE := address,undefined -fno-sanitize-recover=undefined
FUZZ_CFLAGS = $(filter-out -O2,$(CFLAGS)) -O1
fuzz-names := $(patsubst fuzz-%.c,%,$(notdir $(fuzz-srcs)))
fuzz-cc-works = echo "int LLVMFuzzerTestOneInput(void) { return 0; }" | \
	$(FUZZ_CC) -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null
fuzz-wanted = $(or $(TARGET),$(fuzz-names))
fuzz-objs := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(filter-out rig/cmd/%,$(host-srcs) $(pure-srcs)) \
	$(fuzz-agent-srcs))

$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,"$< (fuzz)")
	$(Q)$(FUZZ_CC) $(CPPFLAGS) $(HOST_CFLAGS) $(FUZZ_CFLAGS) \
		-fsanitize=fuzzer-no-link,$(FUZZ_SANITIZE) -MMD -MP -c $< -o $@

$(BUILD)/fuzz/libdaxrig.a: $(fuzz-objs)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar qcs $@ $^

define fuzz_rule
$(BUILD)/fuzz/$(notdir $(1:.c=)): $(BUILD)/fuzz/$(1:.c=.o) $(BUILD)/fuzz/libdaxrig.a
	$$(call say,LD,$$@)
	$$(Q)$$(FUZZ_CC) $$(CFLAGS) -fsanitize=fuzzer,$$(FUZZ_SANITIZE) $$(FUZZ_LDFLAGS) $$^ -o $$@ $$(HOST_LIBS)

.PHONY: run-$(notdir $(1:.c=))
run-$(notdir $(1:.c=)): $(BUILD)/fuzz/$(notdir $(1:.c=))
	$$(Q)rig/fuzz/run.sh $$< $(dir $(1)) $$(FUZZ_SECONDS) $$(fuzz-seeds-$(patsubst fuzz-%,%,$(notdir $(1:.c=))))
endef
$(foreach t,$(fuzz-srcs),$(eval $(call fuzz_rule,$(t))))

# TARGET=NAME is one of `make fuzz-list`, all of them when left out, for FUZZ_SECONDS each.
# An input that breaks one is kept in $(BUILD)/fuzz/NAME-*, what it learnt in $(BUILD)/fuzz/found.
.PHONY: fuzz fuzz-list
fuzz: packages ## fuzz every parser; TARGET=NAME, FUZZ_SECONDS=60
	$(if $(filter-out $(fuzz-names),$(TARGET)),$(error no fuzz target '$(TARGET)': see make fuzz-list))
	@$(fuzz-cc-works) || rig/install-packages.sh rig/fuzz/packages.list
	@$(MAKE) --no-print-directory $(quiet) $(parallel) $(addprefix $(BUILD)/fuzz/fuzz-,$(fuzz-wanted))
	@$(MAKE) --no-print-directory $(quiet) -j1 $(addprefix run-fuzz-,$(fuzz-wanted))

fuzz-list: ## the names of fuzz targets
	@printf '%s\n' $(sort $(fuzz-names))

format: ## format all C by clang-format 14
	$(Q)find rig guests workloads inject reports -name "*.[ch]" | xargs clang-format -i

# The list and the page for people are made of the files in reports/findings.
.PHONY: findings
findings: daxrig ## make reports/known.txt and reports/FINDINGS.md from reports/findings
	$(Q)./daxrig list findings --known reports/findings --as known >$(BUILD)/known.txt
	$(Q)./daxrig list findings --known reports/findings --as markdown >$(BUILD)/FINDINGS.md
	$(Q)mv $(BUILD)/known.txt $(BUILD)/FINDINGS.md reports/

check-rules: ## check layout, formatting and the manual
	$(call say,CHECK,rules)
	$(Q)rig/tests/check-rules.sh
	$(call say,CHECK,rig/daxrig.1)
	$(Q)mandoc -T lint -W warning rig/daxrig.1

# The manual must have all commands and options of daxrig, and no others.
check-manual: daxrig ## check the manual against daxrig --help
	$(call say,CHECK,$@)
	$(Q)rig/tests/check-manual.sh rig/daxrig.1

check-install: all ## install into a scratch folder, and run from there
	$(call say,CHECK,$@)
	$(Q)rig/tests/check-install.sh

# Host tests first, one for each processor at a time; then those that boot guests.
.PHONY: run-tests
run-tests: $(tests) ## every test, without checking the packages
	$(Q)rig/tests/run.sh $(nproc) 300 $(filter-out $(guest-tests),$(tests)) -- 1 900 $(guest-tests)

host-tests: $(filter-out $(guest-tests),$(tests)) ## what needs no guest, under ASan and UBSan
	$(Q)rig/tests/run.sh $(nproc) 300 $^

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD) daxrig

# Lists each target that has a text after ##; check-rules checks that all have one.
.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' rig/rules.mk | expand -t 14

-include $(shell [ -d $(BUILD) ] && find $(BUILD) -name '*.d')
