/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the reports of the kernel (splats) in a console log. The log comes as a stream of
 * untrusted bytes in pieces of any size; memory stays bounded. A line that takes too long to
 * match, as only a forged one does, is ignored. splat-forms.c defines what is a report, and
 * how it is named. Pure.
 */
#ifndef REPORTS_SPLAT_H
#define REPORTS_SPLAT_H

#include "base/buf.h"

#define SPLAT_LINE_MAX 4096 /* bytes of a line; the rest is ignored */
#define SPLAT_EXCERPT_LINES 60
#define SPLAT_EXCERPT_MAX 8192 /* bytes */
#define SPLAT_FRAMES_MAX 64
#define SPLAT_AREAS 8

enum splat_class {
	SPLAT_WARNING,
	SPLAT_BUG,  /* BUG(), and every "BUG:" without a class of its own */
	SPLAT_OOPS, /* the kernel faulted */
	SPLAT_LOCKDEP,
	SPLAT_REFCOUNT,
	SPLAT_BAD_PAGE,
	SPLAT_ATOMIC_SLEEP,
	SPLAT_SANITIZER, /* KASAN, KFENCE, KCSAN, KMSAN, UBSAN */
	SPLAT_HUNG_TASK,
	SPLAT_LOCKUP,
	SPLAT_RCU_STALL,
	SPLAT_FS, /* a filesystem reports corruption */
	SPLAT_PANIC,
};

/* "warning", "rcu-stall", ... */
const char *splat_class_name(enum splat_class cls);

/* A line of a call trace, or the instruction pointer. */
struct splat_frame {
	char *function;		    /* with the compiler's suffix: "foo.isra.0" */
	char *module;		    /* NULL: the kernel's own */
	unsigned long offset, size; /* "+0x1b/0x150"; 0: not known */
	bool sure;		    /* false: printed with "? ", an old value on the stack */
	bool call;		    /* a return address; false: the instruction pointer */
};

/* A part of the kernel that matters for DAX, and its first function in the trace. */
struct splat_area {
	const char *name;     /* "dax", "gup", "rdma", ...; static */
	const char *function; /* a frame's; NULL: not involved */
};

/* All strings are printable ASCII; title and excerpt are never NULL. */
struct splat {
	enum splat_class cls;
	const char *type;  /* the community's word for its kind: "LOCKDEP"; static */
	char *title;	   /* "WARNING in dax_disassociate_entry"; numbers are "NUM" */
	char *file;	   /* as the kernel wrote it: "fs/dax.c"; NULL: not known */
	unsigned int line; /* 0: not known */
	char *function;	   /* NULL: not known */
	char *excerpt;	   /* first lines of the report, each ended by a newline */
	uint64_t offset;   /* bytes from the start of the stream to its first line */
	bool panicked;	   /* the kernel panicked over it */
	bool corrupted;	   /* the log is damaged here: title and type are a guess */

	/* explained; NULL, -1, 0: not known */
	char *task; /* "Comm:" */
	int pid, cpu;
	char *kernel;	 /* "6.1.0-49-amd64" */
	char *build;	 /* "1" of "#1", the number of its build */
	char *taint;	 /* its letters and blanks; NULL: not tainted, or not known */
	char *registers; /* lines of registers that describe a fault, each ended by a newline */
	struct splat_frame frames[SPLAT_FRAMES_MAX]; /* of the first trace, after the pointer */
	size_t nr_frames;
	struct splat_area areas[SPLAT_AREAS];
	/*
	 * The title, for a warning its text or condition without numbers, and the first two
	 * callers that are no helpers, without suffixes of the compiler; no callers for a hung
	 * task or a stalled CPU. A bug has the same signature in every boot, and mostly in every
	 * kernel of a series; two warnings without text in one function share one.
	 */
	char *signature;
};

struct splat *splat_copy(const struct splat *splat) __must_check;

void splat_frame_deinit(struct splat_frame *frame);

/* NULL is fine. */
void splat_destroy(struct splat *splat);

/* Called for each report, in the order of the log; takes ownership of @splat. */
typedef void splat_fn(void *arg, struct splat *splat);

struct splat_scanner;

struct splat_scanner *splat_scanner_create(splat_fn *callback, void *arg);

/*
 * Scans the next piece of the log. Passes on a report when its end is certain, which may be
 * many lines later: splat_scanner_flush() forces it.
 */
void splat_scanner_feed(struct splat_scanner *s, const void *data, size_t len);

/*
 * Passes on the open reports with their lines so far; an incomplete last line stays for the
 * next feed.
 */
void splat_scanner_flush(struct splat_scanner *s);

/* Ends the log: scans the last line even without a newline and passes on all open reports. */
void splat_scanner_finish(struct splat_scanner *s);

/* Bytes fed so far. */
uint64_t splat_scanner_offset(const struct splat_scanner *s);

/* Frees it and drops open reports; NULL is fine. */
void splat_scanner_destroy(struct splat_scanner *s);

#endif
