/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.json: the record of a run, with everything needed to repeat it. The owner of
 * jansson for records. Every string in the file is valid UTF-8; json_text() escapes all
 * other bytes.
 */
#ifndef REPORTS_RUN_JSON_H
#define REPORTS_RUN_JSON_H

#include <time.h>

#include "base/err.h"
#include "reports/record/verdict.h"

#define RUN_JSON_FORMAT 1 /* increased when a reader must change */

struct name_value {
	const char *name;
	const char *value;
};

/* What a run was told, so that 'run --resume' can be told the same; NULL and 0: the default. */
struct run_choices {
	char **cases; /* what was named instead of a plan */
	size_t nr_cases;
	unsigned int repeat, jobs, limit_s;
	bool no_fork;
	char *accel, *uri, *geometry;
};

/* Borrowed strings; NULL is written as null. */
struct run_record {
	const char *version;	 /* daxrig's */
	const char *started;	 /* ISO 8601, "2026-11-20T10:53:01+01:00" */
	const char *const *argv; /* NULL-terminated; NULL: none */
	uint64_t seed;
	const char *plan_name;
	const char *plan_text;
	const char *plan_match, *plan_shard; /* the selected cases: a glob, "2/5"; NULL: all */
	bool plan_shuffled;		     /* the seed decided the order of its cases */
	const char *plan_digest;	     /* of the names and texts of all of them */
	const char *plan_list; /* digest of the names of all cases before --shard; NULL: unknown */
	const struct run_choices *choices; /* NULL: not known */
	const char *uri;		   /* libvirt's */
	const char *accel;		   /* "kvm" or "tcg" */
	const char *host_kernel;
	const char *host_cpu;
	const char *qemu_version;
	const char *libvirt_version;
	const struct name_value *libraries;
	size_t libraries_count;
	const char *kernel_spec; /* as given by the user */
	const char *kernel_release;
	const char *kernel_package;
	const char *kernel_key; /* its place in the store */
	const char *kernel_image;
	const char *kernel_config;
	const char *image_key;	  /* of the initramfs */
	const char *geometry;	  /* of the guest */
	const char *const *notes; /* degraded parts of the rig, NULL-terminated */
	const char *self_test;	  /* what the agent left out on purpose; NULL: nothing */
	const char
		*recheck_of; /* the name of the run whose failures this one repeats; NULL: none */
	const char *night;   /* the night of 'daxrig nightly', "2026-11-30"; NULL: none */
	const char *known_list; /* by which findings are known: a path, or "none"; NULL: not said */
	size_t planned;		/* cases of the plan, those that did not run too; 0: not said */

	struct case_record **cases; /* judged; borrowed */
	size_t case_count;
	uint64_t duration_ns;
	uint64_t evidence_bytes; /* of the files of cases and guests; 0: not known */
	/* Cases after those above are in the journal of this generation; 0: there is none. */
	unsigned int journal;
	bool complete;		/* false: interrupted, or still running */
	const char *end_reason; /* why it was interrupted; NULL: none */
};

/* Formats @t as in a record, ISO 8601 with the zone of this process: "...T10:53:01+01:00". */
#define RUN_JSON_TIME 32
void run_json_time(time_t t, char out[RUN_JSON_TIME]);

/* The most bytes of a case; case_record_trim() cuts a larger one. */
#define RUN_JSON_CASE_MAX (1u << 20)

/* The JSON text of one case; free() it. */
char *run_json_case_text(const struct case_record *rec);

/* Bounds of a record. The writer keeps them, the reader refuses what exceeds them. */
#define RUN_JSON_FILE_MAX (256u << 20) /* bytes */
#define RUN_JSON_CASES_MAX 100000u

/* The record as text of any size, ending in a newline; free() it. */
char *run_json_text(const struct run_record *run);

/*
 * Appends the same to @out, in at most @max bytes: cases that find it nearly full are written
 * without steps, splats and evidence, and say so. ERR_INFRA when that is not enough.
 */
struct err *run_json_format(const struct run_record *run, size_t max, struct buf *out) __must_check;

/*
 * Writes it to @path atomically, within the bounds. While the run goes on, its cases are in a
 * journal: journal.h.
 */
struct err *run_json_write(const struct run_record *run, const char *path) __must_check;

#define RUN_JSON_PLAN_MAX (16u << 20) /* bytes of the names of a plan's cases */

/* The parts of a record that reports need; "" where the file has null or nothing. */
struct run_summary {
	char *started, *end_reason;
	char *version, *known_list, *self_test, *recheck_of, *night;
	char *plan, *plan_text, *plan_match, *plan_shard, *accel, *geometry;
	char *kernel_spec, *kernel_release, *kernel_package, *kernel_key, *kernel_image,
		*kernel_config;
	char *image_key, *host_kernel, *qemu, *libvirt;
	char *seed, *plan_digest; /* the seed as it is written: "0x1f" */
	bool plan_shuffled;
	struct run_choices choices;
	bool has_choices; /* a record of an older daxrig has none */
	char **notes;
	size_t nr_notes;
	unsigned int journal; /* the run was killed, or still runs; 0: it ended */
	uint64_t evidence_bytes;
	size_t counts[VERDICT_ERROR + 1];
	bool complete;
	uint64_t duration_ns;
	size_t planned; /* cases of the plan; at least case_count */
	/*
	 * Verdict and reason, scenario, filesystem, times, findings, evidence, errors, and the
	 * line, text and time of each step. Strings are untrusted bytes of the file: escape them.
	 */
	struct case_record **cases;
	size_t case_count;
};

/*
 * Reads the run.json @path, and the journal beside it when the run did not end. ERR_INFRA, in
 * one line, when it is not JSON, is truncated, has another format or exceeds the bounds. The
 * caller calls run_summary_deinit() on the result.
 */
struct err *run_json_read(const char *path, struct run_summary *out) __must_check;

/* The same; each case keeps its JSON, so that nothing is lost when it is written again. */
struct err *run_json_read_raw(const char *path, struct run_summary *out) __must_check;

/*
 * The same, but reads neither the cases nor the plan's text: counts has their verdicts. Takes
 * less than a millisecond.
 */
struct err *run_json_read_head(const char *path, struct run_summary *out) __must_check;

/* The same for @len bytes at @text; @name is for messages. Pure. */
struct err *run_json_parse(const char *name, const char *text, size_t len, struct run_summary *out)
	__must_check;

void run_summary_deinit(struct run_summary *s);

/* The version of jansson, "2.14", static. */
const char *run_json_version(void);

#endif
