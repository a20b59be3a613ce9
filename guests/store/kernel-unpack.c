/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-unpack.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/archive/archive-io.h"
#include "guests/archive/bzimage.h"

#define IMAGE_MAX (256u << 20)
#define VMLINUX_MAX (1u << 30)

/* libarchive unpacks files: copies the payload to a file in memory. */
static struct err *unpack(const char *data, size_t size, struct buf *out)
{
	_cleanup_close_ int fd = memfd_create("payload", MFD_CLOEXEC);
	_cleanup_free_ char *path = xasprintf("/proc/self/fd/%d", fd);
	size_t done = 0;

	if (fd < 0)
		return err_errno(errno, "cannot create a file in memory");
	while (done < size) {
		ssize_t n = write(fd, data + done, size - done);

		if (n < 0 && errno != EINTR)
			return err_errno(errno, "cannot write a file in memory");
		done += n > 0 ? (size_t)n : 0;
	}
	return file_read_unpacked(path, VMLINUX_MAX, out);
}

struct err *kernel_unpack(const char *image, struct buf *out)
{
	_cleanup_buf_ struct buf file = BUF_INIT;
	size_t offset, size;
	struct err *err = file_read(image, IMAGE_MAX, &file);

	if (!err && !bzimage_payload(file.data, file.len, &offset, &size))
		err = err_create(ERR_INFRA, "its header does not locate the compressed kernel");
	return err ? err : unpack(file.data + offset, size, out);
}

bool kernel_elf_code(const void *data, size_t len, size_t *at, size_t *size, uint64_t *addr)
{
	const uint8_t *p = data;
	Elf64_Ehdr e;

	if (len < sizeof(e))
		return false;
	memcpy(&e, p, sizeof(e));
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) || e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_phentsize != sizeof(Elf64_Phdr) || e.e_phoff > len ||
	    (len - e.e_phoff) / sizeof(Elf64_Phdr) < e.e_phnum)
		return false;
	for (size_t i = 0; i < e.e_phnum; i++) {
		Elf64_Phdr ph;

		memcpy(&ph, p + e.e_phoff + i * sizeof(ph), sizeof(ph));
		if (ph.p_type != PT_LOAD || !(ph.p_flags & PF_X) || ph.p_offset > len ||
		    ph.p_filesz > len - ph.p_offset)
			continue;
		*at = ph.p_offset;
		*size = ph.p_filesz;
		*addr = ph.p_vaddr;
		return true;
	}
	return false;
}
