/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <stdint.h>
#include <unistd.h>

/* Bytes that the program wrote: each aligned word tells the file, its write and its offset. */
struct bytes {
	int file; /* of file_names, 0: zeroes */
	int gen;  /* which write to the file, from 1 */
	long at;  /* the offset of the first byte */
};

#define ZERO ((struct bytes){ 0, 0, 0 })
#define WROTE(file, gen, at) ((struct bytes){ file, gen, at })

extern const char *const file_names[];
extern const int nr_files;

/* Bytes of an earlier run, which may still lie on the disk, must not look like this one's. */
static uint64_t run_number(void)
{
	return (uint64_t)getpid() % 255 + 1;
}

static uint64_t word_at(struct bytes b, long off)
{
	if (!b.file)
		return 0;
	return (uint64_t)b.file << 56 | (uint64_t)b.gen << 40 | run_number() << 32 |
	       ((uint64_t)off / 8 & 0xffffffff);
}

/* malloc()s @len of these bytes. */
static char *make_bytes(struct bytes b, long len)
{
	char *data = malloc(len + 8);
	long n;

	if (!data)
		die("malloc");
	for (long done = 0; done < len; done += n) {
		uint64_t word = word_at(b, b.at + done);
		long skipped = (b.at + done) % 8;

		n = 8 - skipped;
		memcpy(data + done, (char *)&word + skipped, n);
	}
	return data;
}
