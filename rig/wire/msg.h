/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The payload of a frame: a list of fields, each `tag u16 | len u32 | bytes`. A
 * reader skips unknown tags. Pure.
 */
#ifndef WIRE_MSG_H
#define WIRE_MSG_H

#include "base/buf.h"

#define PROTO_VERSION 7

/* The sizes of TAG_ENTROPY and TAG_RANDOM, in bytes. */
#define ENTROPY_BYTES 64u
#define RANDOM_BYTES 8u

enum msg_type {
	/* host to agent */
	MSG_CASE = 1, /* run this scenario */
	MSG_REPLY,    /* answer to MSG_CALL: TAG_STATUS enum reply_status */
	MSG_ABORT,    /* end the running case: evidence, then MSG_END */
	MSG_POWEROFF,
	MSG_WELCOME, /* answer to hello, before any case: time, entropy, the guest's number */
	MSG_FILE,    /* before a case: a piece of a file, or a link, that the case needs */
	MSG_NAMES,   /* before a case: tell the kernel's functions; the same message is the end */
	/* agent to host */
	MSG_HELLO = 64, /* once, first: version, kernel, symbols */
	MSG_STEP,	/* one step is done; steps come in order */
	MSG_CALL,	/* asks the host for something only it can do */
	MSG_EVIDENCE,	/* a piece of text: name, content */
	MSG_LOG,	/* one line for the person who reads the run */
	MSG_END,	/* the case is over; TAG_DIRTY: is the guest clean? */
	MSG_GUEST,	/* answer to MSG_WELCOME: the guest's name, clock and random bytes */
	/* both ways */
	MSG_SHELL = 128, /* beside a case that stands still: see guests/agent/shell.h */
};

/* The name of the MSG_EVIDENCE that answer MSG_NAMES: lines of /proc/kallsyms. */
#define NAMES_EVIDENCE "kallsyms"

/* A line of the agent in the kernel log: the head, then at most this many bytes, escaped. */
#define AGENT_LOG_HEAD "daxrig: "
#define AGENT_LOG_MAX 700

enum msg_tag {
	TAG_VERSION = 1, /* u64 PROTO_VERSION */
	TAG_TEXT,	 /* scenario text; reply text; log line; evidence; bytes of a file */
	TAG_NAME,	 /* case name; evidence name; call name; path of a file */
	TAG_FS,		 /* the name of a struct filesystem */
	TAG_SABOTAGE,	 /* u64 enum sabotage: a self-test */
	TAG_SEED,	 /* u64 */
	TAG_LIMIT_MS,	 /* u64 time limit of the whole case */
	TAG_LINE,	 /* u64 scenario line, from 1 */
	TAG_STATUS,	 /* u64 enum step_status */
	TAG_RULE,	 /* with STEP_FAIL, "contract.waits": see base/rule.h */
	TAG_EXPECTED,	 /* one line */
	TAG_FOUND,	 /* one line */
	TAG_DETAIL,	 /* more lines */
	TAG_NS,		 /* u64 duration in nanoseconds */
	TAG_ERRNO,	 /* u64 */
	TAG_KERNEL,	 /* uname -r */
	TAG_SYMBOL,	 /* "name address size", hex, repeated */
	TAG_FEATURE,	 /* of a step: "dax": DAX is proven; "end": the case reached its end */
	TAG_DIRTY,	 /* u64 1: this guest must not run another case */
	TAG_WINDOW_MS,	 /* u64 measured: an operation that runs longer "blocks" */
	TAG_ARG,	 /* argument of a call; "NAME=VALUE" for a shell, repeated */
	TAG_TIME_NS,	 /* u64 CLOCK_REALTIME */
	TAG_ENTROPY,	 /* ENTROPY_BYTES, different for each guest */
	TAG_NUMBER,	 /* u64 of the guest in its run, from 1; of a shell, or of a step's test */
	TAG_HOST,	 /* the guest's host name */
	TAG_LAYOUT,	 /* "page.refcount 52": see guests/agent/layout.c, repeated */
	TAG_RANDOM,	 /* RANDOM_BYTES that the guest drew */
	TAG_ORACLE,	 /* u64 enum oracle: MSG_LOG reports how much it saw; TAG_TEXT: why */
	TAG_SIGHT,	 /* u64 enum sight, with TAG_ORACLE */
	TAG_MODE,	 /* u64 permission bits of a file: its first piece; S_IFLNK: a link */
	TAG_HOLD,	 /* u64 1: the case asks before it goes on: HOLD_CALL */
};

/*
 * TAG_STATUS of MSG_END: 0..127 is the exit status of the case (0: every step was
 * reported), 128 + n means that signal n killed it; or one of these. Unless it is 0,
 * TAG_FOUND describes it. MSG_END always has TAG_NAME, TAG_NS and TAG_DIRTY.
 */
enum end_status {
	END_DONE = 0,
	END_LIMIT = 256, /* it exceeded TAG_LIMIT_MS; evidence was sent before */
	END_ABORTED,	 /* by MSG_ABORT; evidence was sent before */
	END_NOT_RUN,	 /* the agent could not start it */
};

/* TAG_STATUS of MSG_REPLY; unless it is 0, TAG_TEXT gives the reason. */
enum reply_status {
	REPLY_DONE,
	REPLY_NOT,   /* the call failed, or found something wrong */
	REPLY_LACKS, /* this kernel does not offer what the call needs */
};

/* Self-tests: what the agent does wrong, so that a test sees the verdict change. */
enum sabotage {
	SABOTAGE_NONE,
	SABOTAGE_NO_PIN,     /* pins report success and hold nothing */
	SABOTAGE_NO_UNPIN,   /* unpin does nothing */
	SABOTAGE_NO_DAX,     /* the filesystem is mounted without dax */
	SABOTAGE_NO_GATE,    /* the long-term gate stays shut */
	SABOTAGE_NO_COUNT,   /* the ledger does not count one pin */
	SABOTAGE_BARE,	     /* a repeat runs as a plain loop without any judgement */
	SABOTAGE_PANIC,	     /* the guest panics at the first operation */
	SABOTAGE_NO_FLUSH,   /* fsync and sync are skipped, but judged as if done */
	SABOTAGE_DIRTY_FS,   /* the filesystem is damaged before fsck */
	SABOTAGE_SPLAT_ONLY, /* only the kernel log and the waits are judged */
	SABOTAGES,
};

void msg_put(struct buf *b, uint16_t tag, const void *data, size_t len);
void msg_put_str(struct buf *b, uint16_t tag, const char *s);
void msg_put_u64(struct buf *b, uint16_t tag, uint64_t v);

struct msg_field {
	uint16_t tag;
	const uint8_t *data; /* points into the payload */
	size_t len;
};

struct msg_reader {
	const uint8_t *pos, *end;
	bool bad; /* a field exceeds the payload: drop the message */
};

void msg_reader_init(struct msg_reader *r, const uint8_t *payload, size_t len);

/* Reads the next field. False at the end, and on a bad field (then @r->bad is set). */
bool msg_next(struct msg_reader *r, struct msg_field *f);

/* The value, or 0 if the field is not 8 bytes long. */
uint64_t msg_u64(const struct msg_field *f);

/*
 * A copy of the field up to its first NUL, at most @max bytes; free() it. Bytes
 * from a guest must go through buf_add_escaped() before they are shown.
 */
char *msg_str(const struct msg_field *f, size_t max);

/* The first field @tag of a payload; false if there is none. */
bool msg_find(const uint8_t *payload, size_t len, uint16_t tag, struct msg_field *f);

#endif
