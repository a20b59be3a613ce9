/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares daxrig splat over a long console log with grep for one word; and its memory. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/files.h"
#include "bench/bench.h"

#define LOG_SIZE (1ull << 30)
#define UNIT_SIZE (8ull << 20) /* bytes of log, with a report at the end */
#define REPORTS (LOG_SIZE / UNIT_SIZE)
#define ROUNDS 7
#define RUN_NS 120000000000ull
#define OUTPUT_MAX (16u << 20)

/* What guests print when they boot; numbers are filled in. */
static const char *const boot_lines[] = {
	"BIOS-e820: [mem 0x%016" PRIx64 "-0x%016" PRIx64 "] usable",
	"ACPI: SSDT 0x%016" PRIX64 " %06" PRIX64 " (v01 BOCHS  NVDIMM   00000001 BXPC 00000001)",
	"SRAT: Node 0 PXM 0 [mem 0x%08" PRIx64 "-0x%08" PRIx64 "] non-volatile",
	"pci 0000:00:%02" PRIx64 ".0: BAR 4 [mem 0x%08" PRIx64 " 64bit pref]",
	"pci_bus 0000:%02" PRIx64 ": root bus resource [mem 0x%08" PRIx64 " window]",
	"Dentry cache hash table entries: %" PRIu64 " (order: 8, %" PRIu64 " bytes, linear)",
	"clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x%" PRIx64
	", max_idle_ns: %" PRIu64 " ns",
	"xor: automatically using best checksumming function   avx (%" PRIu64 ", %" PRIu64 ")",
	"systemd[1]: Started unit-%" PRIu64 ".service - Journal Service Number %" PRIu64 ".",
	"XFS (pmem%" PRIu64 "): Mounting V5 Filesystem, block %" PRIu64,
	"XFS (pmem%" PRIu64 "): Ending clean mount after %" PRIu64 " ms",
	"EXT4-fs (pmem%" PRIu64 "): mounted filesystem with ordered data mode, %" PRIu64,
	"nd_pmem namespace%" PRIu64 ".0: unable to guarantee persistence of %" PRIu64 " writes",
	"audit: type=1400 audit(%" PRIu64 ".%" PRIu64
	":7): apparmor=\"STATUS\" profile=\"unconfined\"",
	"Error: Driver 'pcspkr' %" PRIu64 " is already registered, ERROR %" PRIu64
	", no bug, debugged",
	"usb usb%" PRIu64 ": New USB device strings: Mfr=3, Product=%" PRIu64 ", SerialNumber=1",
};

static const char *const report_lines[] = {
	"------------[ cut here ]------------",
	"WARNING: CPU: 0 PID: 204 at fs/dax.c:412 dax_disassociate_entry+0x4a/0x90",
	"Modules linked in: xfs nd_pmem dax_pmem",
	"CPU: 0 PID: 204 Comm: bench Not tainted 6.12.0-bench #1",
	"RIP: 0010:dax_disassociate_entry+0x4a/0x90",
	"RAX: 0000000000000000 RBX: 0000000000000003 RCX: 0000000000000001",
	"Call Trace:",
	" <TASK>",
	" __dax_invalidate_entry+0x77/0x100",
	" dax_delete_mapping_entry+0xf/0x20",
	" truncate_folio_batch_exceptionals+0x1c0/0x1f0",
	" xfs_flush_unmap_range+0x4f/0x60 [xfs]",
	" do_syscall_64+0x5d/0x90",
	" entry_SYSCALL_64_after_hwframe+0x76/0xe0",
	" </TASK>",
	"---[ end trace 0000000000000000 ]---",
};

static uint64_t next(uint64_t *random)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return *random >> 33;
}

static void add_stamp(struct buf *unit, uint64_t us)
{
	buf_addf(unit, "[%5" PRIu64 ".%06" PRIu64 "] ", us / 1000000, us % 1000000);
}

static void fill_unit(struct buf *unit)
{
	uint64_t random = 1, us = 0;

	while (unit->len < UNIT_SIZE - 4096) {
		const char *line = boot_lines[next(&random) % ARRAY_SIZE(boot_lines)];
		uint64_t a = next(&random) % 100000;

		add_stamp(unit, us += next(&random) % 2000);
		buf_addf(unit, line, a, next(&random));
		buf_addc(unit, '\n');
	}
	for (size_t i = 0; i < ARRAY_SIZE(report_lines); i++) {
		add_stamp(unit, us);
		buf_adds(unit, report_lines[i]);
		buf_addc(unit, '\n');
	}
	while (unit->len < UNIT_SIZE)
		buf_addc(unit, unit->len % 64 == 63 || unit->len == UNIT_SIZE - 1 ? '\n' : '.');
}

static struct err *write_log(const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	_cleanup_buf_ struct buf unit = BUF_INIT;
	uint64_t left = LOG_SIZE;
	struct statvfs fs;

	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", path);
	if (fstatvfs(fd, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < 2 * LOG_SIZE)
		return err_create(ERR_INFRA, "no room in '%s' for a log of 1 GiB", path);
	fill_unit(&unit);
	while (left && !bench_interrupted()) {
		size_t at = (LOG_SIZE - left) % UNIT_SIZE;
		ssize_t n = write(fd, unit.data + at, UNIT_SIZE - at);

		if (n < 0 && errno != EINTR)
			return err_errno(errno, "cannot write '%s'", path);
		left -= n < 0 ? 0 : (uint64_t)n;
	}
	return left ? err_create(ERR_CANCELLED, "interrupted") : NULL;
}

/* One program that reads the log; its output must show that it found all reports. */
struct side {
	const char *argv[6];
	int status;	 /* its exit status on success */
	bool counts;	 /* prints the number of reports; else a line for each */
	double seconds;	 /* duration of the last run */
	uint64_t memory; /* the most bytes in any run */
};

static uint64_t reports_in(const struct side *s, const char *output)
{
	uint64_t lines = 0;

	if (s->counts)
		return strtoull(output, NULL, 10);
	for (; *output; output++)
		lines += *output == '\n';
	return lines;
}

static struct err *side_run(const struct bench *b, struct side *s)
{
	_cleanup_free_ char *log = xasprintf("%s/output", b->out);
	_cleanup_buf_ struct buf output = BUF_INIT;
	uint64_t start = now_ns(), reports;
	struct rusage usage;
	int status = 0;
	pid_t pid;
	struct err *err = child_start(s->argv, log, &pid);

	if (!err)
		err = child_wait_usage(pid, start + RUN_NS, NULL, &status, &usage);
	s->seconds = (double)(now_ns() - start) / 1e9;
	if (!err && status != s->status)
		err = child_last_words(s->argv[0], log, status);
	if (!err)
		err = file_read(log, OUTPUT_MAX, &output);
	if (err)
		return err;
	s->memory = MAX(s->memory, (uint64_t)usage.ru_maxrss << 10);
	reports = reports_in(s, buf_str(&output));
	if (reports != REPORTS)
		return err_create(ERR_INFRA, "%s found %" PRIu64 " of the log's %llu reports",
				  s->argv[0], reports, REPORTS);
	return NULL;
}

struct pairs {
	struct samples ratio, ours, grep;
};

static struct err *measure(const struct bench *b, struct side *ours, struct side *grep,
			   struct pairs *p)
{
	struct err *err = side_run(b, grep); /* brings the log into the page cache */

	for (int i = 0; i < ROUNDS && !err; i++) {
		uint64_t start = now_ns();

		err = side_run(b, grep);
		if (!err)
			err = side_run(b, ours);
		if (err)
			break;
		samples_add(&p->ratio, grep->seconds / ours->seconds);
		samples_add(&p->ours, ours->seconds);
		samples_add(&p->grep, grep->seconds);
		if (!bench_has_time(b, now_ns() - start))
			break;
	}
	return err;
}

void bench_splat(struct bench *b, struct figure *speed, struct figure *memory)
{
	_cleanup_free_ char *log = xasprintf("%s/console.log", b->out);
	struct side ours = { .argv = { b->daxrig, "splat", "--json", log }, .status = 1 };
	struct side grep = { .argv = { "grep", "-c", "-F", "WARNING", log }, .counts = true };
	struct pairs p = { .ours = { 0 } };
	struct err *err = write_log(log);

	if (!err)
		err = measure(b, &ours, &grep, &p);
	unlink(log);
	if (err) {
		figure_fail(memory, err_create(err->code, "%s", err->message));
		figure_fail(speed, err);
	} else {
		figure_set(
			speed, samples_median(&p.ratio),
			xasprintf("the speed of grep -c -F WARNING by daxrig splat, a log of 1 GiB "
				  "with a report every 8 MiB: %.2f s against %.2f s, medians of "
				  "%zu pairs, in turn",
				  samples_median(&p.ours), samples_median(&p.grep), p.ratio.n));
		figure_set(memory, (double)ours.memory / (1 << 20),
			   xasprintf("what daxrig splat holds in memory at most on that log, %zu "
				     "runs; the bench that starts it would be seen too if it held "
				     "more",
				     p.ratio.n));
	}
	samples_deinit(&p.ratio);
	samples_deinit(&p.ours);
	samples_deinit(&p.grep);
}
