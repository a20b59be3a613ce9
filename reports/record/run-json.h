/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.json: the record of a run, with everything needed to repeat it. The owner of
 * jansson for records. Every string in the file is valid UTF-8: other bytes, and
 * those of characters that do not show or turn the text around, controls but newline and tab
 * first of all, stand as the four characters \xNN each.
 */
#ifndef REPORTS_RUN_JSON_H
#define REPORTS_RUN_JSON_H

#include "base/err.h"
#include "reports/record/verdict.h"

#define RUN_JSON_FORMAT 1 /* counts up when a reader must change */

struct name_value {
	const char *name;
	const char *value;
};

/* Borrowed strings; NULL is written as null. */
struct run_record {
	const char *version;	 /* daxrig's */
	const char *started;	 /* ISO 8601, "2026-11-20T10:53:01+01:00" */
	const char *const *argv; /* NULL-terminated; NULL: none */
	uint64_t seed;
	const char *plan_name;
	const char *plan_text;
	const char *plan_match, *plan_shard; /* what of it: a glob, "2/5"; NULL: all */
	bool plan_shuffled;		     /* the seed made the order of its cases */
	const char *uri;		     /* libvirt's */
	const char *accel;		     /* "kvm" or "tcg" */
	const char *host_kernel;
	const char *host_cpu;
	const char *qemu_version;
	const char *libvirt_version;
	const struct name_value *libraries;
	size_t libraries_count;
	const char *kernel_spec; /* as the user named it */
	const char *kernel_release;
	const char *kernel_package;
	const char *kernel_key; /* its place in the store */
	const char *kernel_image;
	const char *kernel_config;
	const char *image_key;	  /* of the initramfs */
	const char *geometry;	  /* of the guest */
	const char *const *notes; /* what the rig could not do as it should, NULL-terminated */

	struct case_record **cases; /* judged; borrowed */
	size_t case_count;
	uint64_t duration_ns;
	bool complete;		/* false: interrupted, or still running */
	const char *end_reason; /* why it was interrupted; NULL: none */
};

/* What a case has in it at most; case_record_trim() one that has more. */
#define RUN_JSON_CASE_MAX (1u << 20)

/* What a case has there, by itself; free() it. */
char *run_json_case_text(const struct case_record *rec);

/* The record as text, ending in a newline; free() it. */
char *run_json_text(const struct run_record *run);

/*
 * Writes it to @path, all of it or nothing. Call it after every case: what a killed
 * run leaves behind is then whole up to there.
 */
struct err *run_json_write(const struct run_record *run, const char *path) __must_check;

#define RUN_JSON_FILE_MAX (256u << 20) /* bytes of a file that is read back */
#define RUN_JSON_CASES_MAX 100000

/* What a reader of a run wants to know; "" where the file has null or nothing. */
struct run_summary {
	char *started, *end_reason;
	char *plan, *accel, *geometry;
	char *kernel_spec, *kernel_release, *kernel_image, *image_key;
	bool complete;
	uint64_t duration_ns;
	/*
	 * What it says of them: verdict and reason, times, findings, evidence, errors, and of
	 * steps line, words and time. Strings hold whatever the file held: escape them.
	 */
	struct case_record **cases;
	size_t case_count;
};

/*
 * Reads the run.json @path. ERR_INFRA, in one line, when it is no such file: not JSON,
 * cut off, of another format, larger than the bounds. run_summary_deinit() the result.
 */
struct err *run_json_read(const char *path, struct run_summary *out) __must_check;

/* As that, of @len bytes at hand; @name is for messages. Pure. */
struct err *run_json_parse(const char *name, const char *text, size_t len, struct run_summary *out)
	__must_check;

void run_summary_deinit(struct run_summary *s);

/* jansson's, "2.14", static. */
const char *run_json_version(void);

#endif
