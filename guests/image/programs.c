/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/image/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "base/program.h"
#include "guests/image/tools.h"

#define LIST_MS (30 * 1000)
#define SCRIPT_DEPTH 4 /* as the kernel: an interpreter may be a script */
#define SCRIPT "#!"
#define HEAD 256 /* bytes of a script's first line that count */

/* Sets *@interp to the ELF interpreter, NULL when the file is static. False: no ELF file. */
static bool elf_interpreter(int fd, unsigned int *machine, char **interp)
{
	Elf *elf;
	GElf_Ehdr header;
	GElf_Phdr segment;
	size_t n = 0, size = 0;
	const char *raw;
	bool ok;

	*interp = NULL;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	ok = elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header);
	raw = ok ? elf_rawfile(elf, &size) : NULL;
	if (ok)
		elf_getphdrnum(elf, &n);
	for (size_t i = 0; raw && i < n && !*interp; i++)
		if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_INTERP &&
		    segment.p_offset < size && segment.p_filesz <= size - segment.p_offset)
			*interp = xstrndup(raw + segment.p_offset, segment.p_filesz);
	if (ok)
		*machine = header.e_machine;
	elf_end(elf);
	return ok;
}

static struct err *add_elf(struct pack *pack, const char *path, unsigned int machine,
			   const char *interp)
{
	if (machine != ARCH_HERE->elf_machine)
		return err_create(ERR_USAGE, "'%s' is for another machine (ELF machine %u)", path,
				  machine);
	return interp ? tools_add_libraries(pack, interp, path) : NULL;
}

/* What the C library loads by name when a thread is cancelled. */
static void add_unwinder(struct pack *pack)
{
	for (size_t i = 0; i < pack->count; i++) {
		const char *path = pack->items[i].path, *slash = strrchr(path, '/');

		if (slash && strcmp(slash, "/libc.so.6") == 0) {
			_cleanup_free_ char *file = xasprintf("/%.*s/libgcc_s.so.1",
							      (int)(slash - path), path);

			if (path_exists(file))
				pack_add(pack, PACK_FILE, file, file, 0644);
			return;
		}
	}
}

/* What libibverbs loads by name: its driver for soft-RoCE. */
static void add_verbs_driver(struct pack *pack)
{
	static const char settings[] = "/etc/libibverbs.d/rxe.driver";
	bool uses = false;
	glob_t found;

	for (size_t i = 0; i < pack->count; i++)
		uses |= strstr(pack->items[i].path, "libibverbs.so") != NULL;
	if (!uses || access(settings, R_OK))
		return;
	pack_add(pack, PACK_FILE, settings, settings, 0644);
	if (!glob("/usr/lib/*/libibverbs/librxe-*.so", 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			pack_add(pack, PACK_FILE, found.gl_pathv[i], found.gl_pathv[i], 0644);
	globfree(&found);
}

static struct err *add_needs(struct pack *pack, const char *path, int depth);

/* "#!/bin/sh -e": the interpreter, at its own path. */
static struct err *add_script(struct pack *pack, const char *path, char *line, int depth)
{
	char *interp = line + strspn(line, " \t");
	_cleanup_free_ char *real = NULL;

	interp[strcspn(interp, " \t\r\n")] = '\0';
	if (depth == SCRIPT_DEPTH)
		return err_create(ERR_USAGE, "'%s': too many interpreters", path);
	real = *interp == '/' ? realpath(interp, NULL) : NULL;
	if (!real)
		return err_create(ERR_USAGE, "'%s' needs '%s', which is not on this machine", path,
				  interp);
	/* the guest's /bin is /usr/bin, and its sh need not be this one */
	pack_add(pack, PACK_FILE, real, real, 0755);
	if (strcmp(real, interp) != 0)
		pack_add(pack, PACK_LINK, interp, real, 0777);
	return add_needs(pack, real, depth + 1);
}

static struct err *add_needs(struct pack *pack, const char *path, int depth)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *interp = NULL;
	char head[HEAD + 1] = "";
	unsigned int machine;

	if (fd < 0 || pread(fd, head, HEAD, 0) < 0)
		return err_create(ERR_USAGE, "cannot read '%s': %s", path, strerror(errno));
	if (strncmp(head, SCRIPT, strlen(SCRIPT)) == 0)
		return add_script(pack, path, head + strlen(SCRIPT), depth);
	if (!elf_interpreter(fd, &machine, &interp))
		return err_create(ERR_USAGE,
				  "'%s' is no program: expected an ELF file, a script that begins "
				  "with '#!', or a C source FILE.c",
				  path);
	return add_elf(pack, path, machine, interp);
}

static bool begins_with(const char *path, const char *magic)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char head[8] = "";

	return fd >= 0 && pread(fd, head, strlen(magic), 0) == (ssize_t)strlen(magic) &&
	       strcmp(head, magic) == 0;
}

/* One program under the names of all; those that the guest has already stay. */
static struct err *add_shell(struct pack *pack, bool needed)
{
	_cleanup_free_ char *busybox = tools_find("busybox");
	const char *const argv[] = { busybox, "--list", NULL };
	_cleanup_buf_ struct buf names = BUF_INIT;
	struct err *err;

	if (!busybox)
		return needed ? err_create(ERR_INFRA, "there is no shell for the guest: apt-get "
						      "install busybox-static") :
				NULL;
	err = run_program(argv, LIST_MS, &names);
	if (err)
		return err;
	pack_add(pack, PACK_FILE, "usr/sbin/busybox", busybox, 0755);
	for (const char *p = buf_str(&names); *p; p += strcspn(p, "\n"), p += *p == '\n') {
		_cleanup_free_ char *to = xasprintf("usr/sbin/%.*s", (int)strcspn(p, "\n"), p);

		pack_add(pack, PACK_LINK, to, "busybox", 0777);
	}
	return add_needs(pack, busybox, SCRIPT_DEPTH);
}

struct err *programs_add_shell(struct pack *pack)
{
	return add_shell(pack, true);
}

struct err *programs_add_helper(struct pack *pack, const char *path)
{
	if (access(path, X_OK) || !(begins_with(path, ELFMAG) || begins_with(path, SCRIPT)))
		return NULL;
	return add_needs(pack, path, 0);
}

struct err *programs_add_needs(struct pack *pack, const char *path)
{
	struct err *err = add_needs(pack, path, 0);

	if (!err)
		err = add_shell(pack, begins_with(path, SCRIPT));
	if (!err)
		add_unwinder(pack);
	if (!err)
		add_verbs_driver(pack);
	return err;
}
