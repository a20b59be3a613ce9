/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which accelerator runs the guests, and how slow it is. That /dev/kvm opens proves
 * nothing: only the kernel's own first line on the console does.
 */
#ifndef RIG_ACCEL_H
#define RIG_ACCEL_H

#include "host/domain-xml.h"
#include "host/virt.h"

enum accel_wish {
	ACCEL_AUTO,
	ACCEL_KVM,
	ACCEL_TCG,
};

/* "auto", "kvm" or "tcg"; else ERR_USAGE. */
struct err *accel_wish_parse(const char *text, enum accel_wish *out) __must_check;

struct accel {
	enum domain_accel accel;
	uint64_t first_line_ns; /* from start to the kernel's first line */
	/*
	 * Time limits are written for a host with KVM and multiplied by this:
	 * first_line_ns over ACCEL_REFERENCE_NS, at least 1, at most ACCEL_SCALE_MAX.
	 */
	double scale;
	bool remembered; /* not measured this time */
	bool fell_back;	 /* auto, and KVM did not get the kernel to speak */
};

#define ACCEL_REFERENCE_NS 1000000000ull
#define ACCEL_SCALE_MAX 20.0

/* Pure. */
double accel_scale(uint64_t first_line_ns);

/*
 * Chooses by @wish, starting @spec (complete but for name and accel; nothing else
 * may use its files) until its kernel speaks. AUTO takes KVM when that happens
 * within seconds, else TCG; KVM that does not is an error. The answer is kept in
 * the file @memory (its folder exists) under this host, @qemu, the QEMU version, and
 * @kernel, which says what kernel @spec boots, and taken from there next time.
 * Readable @cancel_fd ends it with ERR_CANCELLED.
 */
struct err *accel_choose(enum accel_wish wish, struct virt *v, const struct domain_spec *spec,
			 const char *memory, const char *qemu, const char *kernel, int cancel_fd,
			 struct accel *out) __must_check;

/*
 * The file's text: lines "KEY<tab>auto|kvm|tcg<tab>kvm|tcg<tab>NANOSECONDS", what was
 * asked and what came out, the newest first. Pure. accel_recall() is false when @key
 * has no line that answers @wish. accel_remember() gives the text with a line in front
 * and the older ones bounded; free() it.
 */
bool accel_recall(const char *text, const char *key, enum accel_wish wish, struct accel *out);
char *accel_remember(const char *text, const char *key, enum accel_wish wish,
		     const struct accel *a);

#endif
