/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a frame says: a list of fields, each `tag u16 | len u32 | bytes`. A reader
 * skips tags it does not know. Pure.
 */
#ifndef WIRE_MSG_H
#define WIRE_MSG_H

#include "base/buf.h"

#define PROTO_VERSION 4

/* Bytes of TAG_ENTROPY, and of TAG_RANDOM. */
#define ENTROPY_BYTES 64u
#define RANDOM_BYTES 8u

enum msg_type {
	/* host to agent */
	MSG_CASE = 1, /* run this scenario */
	MSG_REPLY,    /* answer to MSG_CALL: TAG_STATUS enum reply_status */
	MSG_ABORT,    /* end the running case: evidence, then MSG_END */
	MSG_POWEROFF,
	MSG_WELCOME, /* answer to hello, before any case: time, entropy, the guest's number */
	/* agent to host */
	MSG_HELLO = 64, /* once, first: version, kernel, symbols */
	MSG_STEP,	/* one step is done, in order */
	MSG_CALL,	/* asks the host for something from outside */
	MSG_EVIDENCE,	/* a piece of text: name, content */
	MSG_LOG,	/* one line for the person who reads the run */
	MSG_END,	/* the case is over and the guest is clean or says not */
	MSG_GUEST,	/* answer to MSG_WELCOME: what became of it */
};

/* A line of the agent's in the kernel log: the head, then so many bytes, escaped. */
#define AGENT_LOG_HEAD "daxrig: "
#define AGENT_LOG_MAX 700

enum msg_tag {
	TAG_VERSION = 1, /* u64 PROTO_VERSION */
	TAG_TEXT,	 /* scenario text; reply text; log line; evidence */
	TAG_NAME,	 /* case name; evidence name; call name */
	TAG_FS,		 /* the name of a struct filesystem */
	TAG_SABOTAGE,	 /* self-test: what the agent leaves out; see enum sabotage */
	TAG_SEED,	 /* u64 */
	TAG_LIMIT_MS,	 /* u64 time the whole case may take */
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
	TAG_FEATURE,	 /* of a step: "dax" is proven, the "end" of the case is reached */
	TAG_DIRTY,	 /* u64 1: this guest must not run another case */
	TAG_WINDOW_MS,	 /* u64 measured window that judges "blocks" */
	TAG_ARG,	 /* argument of a call, repeated */
	TAG_TIME_NS,	 /* u64 CLOCK_REALTIME */
	TAG_ENTROPY,	 /* ENTROPY_BYTES that no other guest gets */
	TAG_NUMBER,	 /* u64 of the guest in its run, from 1 */
	TAG_HOST,	 /* the guest's host name */
	TAG_LAYOUT,	 /* "page.refcount 52": see guests/agent/layout.c, repeated */
	TAG_RANDOM,	 /* RANDOM_BYTES that the guest drew */
	TAG_ORACLE,	 /* u64 enum oracle: MSG_LOG is its word on what it saw, TAG_TEXT why */
	TAG_SIGHT,	 /* u64 enum sight, with it */
};

/*
 * TAG_STATUS of MSG_END: 0..127 what the case ended with (0: every step was
 * reported), 128 + n when signal n killed it, or one of these. But for 0 TAG_FOUND
 * says it in words. With MSG_END come TAG_NAME, TAG_NS and TAG_DIRTY, always.
 */
enum end_status {
	END_DONE = 0,
	END_LIMIT = 256, /* over TAG_LIMIT_MS; evidence came before */
	END_ABORTED,	 /* by MSG_ABORT; evidence came before */
	END_NOT_RUN,	 /* the agent could not start it */
};

/* TAG_STATUS of MSG_REPLY; but for 0 TAG_TEXT says why. */
enum reply_status {
	REPLY_DONE,
	REPLY_NOT,   /* it was not done, or found something */
	REPLY_LACKS, /* this kernel does not offer what it needs */
};

/* What the agent leaves out so that a test sees the verdict change. */
enum sabotage {
	SABOTAGE_NONE,
	SABOTAGE_NO_PIN,     /* pins report success and hold nothing */
	SABOTAGE_NO_UNPIN,   /* unpin does nothing */
	SABOTAGE_NO_DAX,     /* the filesystem is mounted without dax */
	SABOTAGE_NO_GATE,    /* the long-term gate stays shut */
	SABOTAGE_NO_COUNT,   /* the ledger leaves one pin out of its account */
	SABOTAGE_BARE,	     /* a block is run as a plain loop that nobody judges */
	SABOTAGE_PANIC,	     /* the guest panics at the first operation */
	SABOTAGE_NO_FLUSH,   /* fsync and sync are left out, what they must do is not */
	SABOTAGE_DIRTY_FS,   /* the filesystem is damaged before it is checked */
	SABOTAGE_SPLAT_ONLY, /* no oracle looks but the kernel log and whether operations wait */
	SABOTAGES,
};

void msg_put(struct buf *b, uint16_t tag, const void *data, size_t len);
void msg_put_str(struct buf *b, uint16_t tag, const char *s);
void msg_put_u64(struct buf *b, uint16_t tag, uint64_t v);

struct msg_field {
	uint16_t tag;
	const uint8_t *data; /* inside the payload */
	size_t len;
};

struct msg_reader {
	const uint8_t *pos, *end;
	bool bad; /* a field ran past the end: drop the message */
};

void msg_reader_init(struct msg_reader *r, const uint8_t *payload, size_t len);

/* False at the end and on a bad field (then @r->bad). */
bool msg_next(struct msg_reader *r, struct msg_field *f);

/* The value, or 0 when the field is not 8 bytes long. */
uint64_t msg_u64(const struct msg_field *f);

/*
 * A copy of the field up to its first NUL, at most @max bytes; free() it. What
 * comes from a guest is not text until it went through buf_add_escaped().
 */
char *msg_str(const struct msg_field *f, size_t max);

/* The first field @tag of a payload; false when there is none. */
bool msg_find(const uint8_t *payload, size_t len, uint16_t tag, struct msg_field *f);

#endif
