/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/accel.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/files.h"
#include "base/nearest.h"
#include "guest/console.h"

#define KVM_LIMIT_NS 5000000000ull
#define TCG_LIMIT_NS 120000000000ull
#define MEMORY_MAX (1u << 20)
#define MEMORY_LINES 64
#define HEAD_MAX 65536
/* The first line any Linux writes; firmware does not. */
#define FIRST_LINE "Linux version"

static const char *const wish_names[] = {
	[ACCEL_AUTO] = "auto",
	[ACCEL_KVM] = "kvm",
	[ACCEL_TCG] = "tcg",
};

const char *accel_wish_name(enum accel_wish wish)
{
	return wish_names[wish];
}

struct err *accel_wish_parse(const char *text, enum accel_wish *out)
{
	struct nearest n = { .word = text };

	for (size_t i = 0; i < ARRAY_SIZE(wish_names); i++) {
		if (strcmp(text, wish_names[i]) == 0) {
			*out = (enum accel_wish)i;
			return NULL;
		}
		nearest_offer(&n, wish_names[i]);
	}
	return nearest_err(&n, "accelerator", "expected auto, kvm or tcg");
}

static void close_console(struct console *c)
{
	console_close(c);
}

double accel_scale(uint64_t first_line_ns)
{
	double scale = (double)first_line_ns / (double)ACCEL_REFERENCE_NS;

	return scale < 1 ? 1 : MIN(scale, ACCEL_SCALE_MAX);
}

static bool parse_wish(const char *name, size_t len, enum accel_wish *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(wish_names); i++)
		if (len == strlen(wish_names[i]) && !memcmp(name, wish_names[i], len)) {
			*out = (enum accel_wish)i;
			return true;
		}
	return false;
}

/* Parses the part of a line after its key: "auto<tab>tcg<tab>812345678\n". */
static bool parse_answer(const char *s, enum accel_wish *asked, struct accel *out)
{
	size_t first = strcspn(s, "\t\n"), second;
	enum accel_wish got;
	uint64_t ns;
	int end = 0;

	if (s[first] != '\t' || !parse_wish(s, first, asked))
		return false;
	s += first + 1;
	second = strcspn(s, "\t\n");
	if (s[second] != '\t' || !parse_wish(s, second, &got) || got == ACCEL_AUTO)
		return false;
	s += second + 1;
	if (*s < '0' || *s > '9' || sscanf(s, "%" SCNu64 "%n", &ns, &end) != 1 || s[end] != '\n')
		return false;
	*out = (struct accel){
		.accel = got == ACCEL_KVM ? DOMAIN_ACCEL_KVM : DOMAIN_ACCEL_TCG,
		.first_line_ns = ns,
		.scale = accel_scale(ns),
		.remembered = true,
	};
	return true;
}

static bool answers(enum accel_wish wish, enum accel_wish asked, const struct accel *a)
{
	bool kvm = a->accel == DOMAIN_ACCEL_KVM;

	switch (wish) {
	case ACCEL_KVM:
		return kvm;
	case ACCEL_TCG:
		return !kvm;
	case ACCEL_AUTO:
		break;
	}
	return kvm || asked == ACCEL_AUTO;
}

bool accel_recall(const char *text, const char *key, enum accel_wish wish, struct accel *out)
{
	size_t len = strlen(key);

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		enum accel_wish asked;
		struct accel found;

		line += *line == '\n';
		if (strncmp(line, key, len) || line[len] != '\t' ||
		    !parse_answer(line + len + 1, &asked, &found) || !answers(wish, asked, &found))
			continue;
		found.fell_back = wish == ACCEL_AUTO && found.accel == DOMAIN_ACCEL_TCG;
		*out = found;
		return true;
	}
	return false;
}

char *accel_remember(const char *text, const char *key, enum accel_wish wish, const struct accel *a)
{
	struct buf out = BUF_INIT;
	unsigned int lines = 1;

	buf_addf(&out, "%s\t%s\t%s\t%" PRIu64 "\n", key, wish_names[wish],
		 a->accel == DOMAIN_ACCEL_KVM ? "kvm" : "tcg", a->first_line_ns);
	while (*text && lines++ < MEMORY_LINES) {
		size_t len = strcspn(text, "\n");

		buf_add(&out, text, len);
		buf_addc(&out, '\n');
		text += len + (text[len] == '\n');
	}
	return buf_take(&out);
}

/* The key of a line: the processor's model, the host's kernel, QEMU and the guest's kernel. */
static char *machine_key(const char *qemu, const char *kernel)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read("/proc/cpuinfo", MEMORY_MAX, &text);
	const char *model = err ? NULL : strstr(buf_str(&text), "model name\t: ");
	size_t len = model ? strcspn(model, "\n") : 0;
	struct utsname host;
	char *key;

	uname(&host);
	key = xasprintf("%.*s|%s|%s|%s", (int)(len > 13 ? len - 13 : 0), model ? model + 13 : "",
			host.release, qemu, kernel);
	for (char *s = key; *s; s++)
		if ((unsigned char)*s < ' ')
			*s = ' ';
	return key;
}

static bool kernel_spoke(struct console *c)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	console_copy(c, 0, HEAD_MAX, &text);
	return text.len && memmem(text.data, text.len, FIRST_LINE, strlen(FIRST_LINE));
}

/* Waits for FIRST_LINE. Fails with ERR_TIMEOUT, ERR_CANCELLED, or ERR_INFRA when QEMU ends. */
static struct err *wait_line(struct console *c, struct virt_domain *d, uint64_t deadline,
			     int cancel_fd)
{
	struct pollfd pfds[] = {
		{ .fd = c->watch_fd, .events = POLLIN },
		{ .fd = virt_domain_event_fd(d), .events = POLLIN },
		{ .fd = cancel_fd, .events = POLLIN },
	};

	for (;;) {
		uint64_t now = now_ns();

		console_read(c);
		if (kernel_spoke(c))
			return NULL;
		if (pfds[2].revents)
			return err_create(ERR_CANCELLED, "interrupted");
		if (pfds[1].revents)
			return err_create(ERR_INFRA,
					  "QEMU ended before the kernel printed anything");
		if (now >= deadline)
			return err_create(ERR_TIMEOUT, "the kernel printed nothing in time");
		if (poll(pfds, ARRAY_SIZE(pfds), (int)((deadline - now) / 1000000 + 1)) < 0 &&
		    errno != EINTR)
			return err_errno(errno, "cannot wait for the kernel");
	}
}

static struct err *try_accel(enum domain_accel accel, struct virt *v,
			     const struct domain_spec *spec, int cancel_fd, struct accel *out)
{
	_cleanup_(close_console) struct console console = { .fd = -1, .watch_fd = -1 };
	struct domain_spec own = *spec;
	struct virt_domain *d = NULL;
	uint64_t start, limit = accel == DOMAIN_ACCEL_KVM ? KVM_LIMIT_NS : TCG_LIMIT_NS;
	struct err *err;

	own.accel = accel;
	/* The output of another kernel must not be taken for this one's. */
	unlink(spec->console);
	err = console_open(&console, spec->console);
	if (err)
		return err;
	err = virt_domain_start(v, &own, &d);
	start = now_ns();
	if (!err)
		err = wait_line(&console, d, start + limit, cancel_fd);
	*out = (struct accel){ .accel = accel, .first_line_ns = now_ns() - start };
	out->scale = accel_scale(out->first_line_ns);
	virt_domain_destroy(d);
	return err;
}

static bool kvm_opens(void)
{
	_cleanup_close_ int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	return fd >= 0;
}

static struct err *measure(enum accel_wish wish, struct virt *v, const struct domain_spec *spec,
			   int cancel_fd, struct accel *out)
{
	struct err *err;

	if (wish == ACCEL_KVM || (wish == ACCEL_AUTO && kvm_opens())) {
		err = try_accel(DOMAIN_ACCEL_KVM, v, spec, cancel_fd, out);
		if (!err)
			return NULL;
		if (wish == ACCEL_KVM)
			return err_wrap(err, "cannot run this kernel with KVM");
		if (err->code == ERR_CANCELLED)
			return err;
		err_free(err);
	}
	err = try_accel(DOMAIN_ACCEL_TCG, v, spec, cancel_fd, out);
	out->fell_back = wish == ACCEL_AUTO;
	return err_wrap(err, "cannot run this kernel with TCG");
}

struct err *accel_choose(enum accel_wish wish, struct virt *v, const struct domain_spec *spec,
			 const char *memory, const char *qemu, const char *kernel, int cancel_fd,
			 struct accel *out)
{
	_cleanup_free_ char *key = machine_key(qemu, kernel), *text = NULL;
	_cleanup_buf_ struct buf old = BUF_INIT;
	struct err *err;

	/* A memory file that cannot be read counts as empty. */
	err_free(file_read(memory, MEMORY_MAX, &old));
	if (accel_recall(buf_str(&old), key, wish, out))
		return NULL;
	err = measure(wish, v, spec, cancel_fd, out);
	if (err)
		return err;
	text = accel_remember(buf_str(&old), key, wish, out);
	return file_write_atomic(memory, text, strlen(text));
}
