/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which accelerator runs the guests, and how slow it is. Opening /dev/kvm proves
 * nothing: KVM works when the guest's kernel prints its first line on the console.
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

/* "auto", "kvm" or "tcg"; static. */
const char *accel_wish_name(enum accel_wish wish);

struct accel {
	enum domain_accel accel;
	uint64_t first_line_ns; /* from QEMU's start to the kernel's first line */
	/*
	 * Time limits are written for a host with KVM and multiplied by this:
	 * first_line_ns over ACCEL_REFERENCE_NS, at least 1, at most ACCEL_SCALE_MAX.
	 */
	double scale;
	bool remembered; /* read from the memory file, not measured this time */
	bool fell_back;	 /* the wish was auto, and the kernel printed nothing under KVM */
};

#define ACCEL_REFERENCE_NS 1000000000ull
#define ACCEL_SCALE_MAX 20.0

/* Pure. */
double accel_scale(uint64_t first_line_ns);

/*
 * Chooses by @wish: starts @spec (complete but for name and accel; nothing else may use
 * its files) and waits for the kernel's first line. AUTO takes KVM when that line comes
 * within seconds, else TCG; the wish KVM fails without it. The answer is kept in the file
 * @memory (its folder must exist), and the next call reads it from there. The key is this
 * host, @qemu (QEMU's version) and @kernel (the name of the kernel that @spec boots).
 * Fails with ERR_CANCELLED when @cancel_fd becomes readable.
 */
struct err *accel_choose(enum accel_wish wish, struct virt *v, const struct domain_spec *spec,
			 const char *memory, const char *qemu, const char *kernel, int cancel_fd,
			 struct accel *out) __must_check;

/*
 * The memory file's text: lines "KEY<tab>auto|kvm|tcg<tab>kvm|tcg<tab>NANOSECONDS", the
 * wish and the answer, newest first. Pure. accel_recall() returns false when @key has no
 * line that answers @wish. accel_remember() returns the text with a new first line and a
 * bounded number of older ones; free() it.
 */
bool accel_recall(const char *text, const char *key, enum accel_wish wish, struct accel *out);
char *accel_remember(const char *text, const char *key, enum accel_wish wish,
		     const struct accel *a);

#endif
