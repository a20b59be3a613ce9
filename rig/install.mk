# SPDX-License-Identifier: GPL-2.0-only
# The program keeps its files beside itself, as in the source tree; PREFIX/bin has a link to it.
PREFIX ?= /usr/local
UNITS ?= $(PREFIX)/lib/systemd/system
libexec = $(DESTDIR)$(PREFIX)/libexec/daxrig
share = $(DESTDIR)$(PREFIX)/share
installed := $(wildcard rig/plans/*.plan rig/plans/*.list workloads/scenarios/*.scn guests/mutants/*.patch \
	reports/known.txt reports/known-kselftest.txt reports/findings/* \
	reports/coverage/scope.txt)

.PHONY: install
install: all ## install below PREFIX=/usr/local; DESTDIR, UNITS=DIR for systemd's units
	install -D daxrig $(libexec)/daxrig
	install -D $(BUILD)/daxrig-agent $(libexec)/build/daxrig-agent
	install -D -m 644 $(BUILD)/daxrig-coverage.so $(libexec)/build/daxrig-coverage.so
	$(foreach f,$(installed),install -D -m 644 $(f) $(libexec)/$(f) &&) true
	install -d $(DESTDIR)$(PREFIX)/bin
	ln -sfn ../libexec/daxrig/daxrig $(DESTDIR)$(PREFIX)/bin/daxrig
	install -D -m 644 rig/daxrig.1 $(share)/man/man1/daxrig.1
	install -D -m 644 rig/daxrig.bash $(share)/bash-completion/completions/daxrig
	install -D -m 644 rig/nightly/example.night $(share)/doc/daxrig/example.night
	install -D -m 644 rig/nightly/daxrig-nightly.timer $(DESTDIR)$(UNITS)/daxrig-nightly.timer
	sed 's|@PREFIX@|$(PREFIX)|' rig/nightly/daxrig-nightly.service.in \
		>$(DESTDIR)$(UNITS)/daxrig-nightly.service
