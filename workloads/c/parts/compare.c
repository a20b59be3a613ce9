/* SPDX-License-Identifier: GPL-2.0-only */
#include "bytes.c"

static void describe(char *out, size_t size, uint64_t word)
{
	int file = (int)(word >> 56);

	if (!word)
		snprintf(out, size, "zeroes");
	else if (file < 1 || file > nr_files || (word >> 32 & 0xff) != run_number())
		snprintf(out, size, "%#llx, which this program did not write",
			 (unsigned long long)word);
	else
		snprintf(out, size, "file '%s' offset %#llx generation %d", file_names[file],
			 (unsigned long long)(word & 0xffffffff) * 8, (int)(word >> 40 & 0xffff));
}

/* @data was read at offset @off of @what. */
static void compare(const char *what, long off, const char *data, long len, struct bytes want)
{
	char expected[96], found[96], *right = make_bytes(want, len);
	uint64_t word = 0;
	long first = 0, differ = 0, from;

	for (long i = len; i-- > 0;)
		if (data[i] != right[i]) {
			first = i;
			differ++;
		}
	free(right);
	if (!differ)
		return;
	from = first - (off + first) % 8;
	for (long i = 0; i < 8; i++)
		if (from + i >= 0 && from + i < len)
			((char *)&word)[i] = data[from + i];
	describe(expected, sizeof(expected), word_at(want, want.at + first));
	describe(found, sizeof(found), word);
	fail("%s offset %#lx holds %s, not %s (%ld bytes differ)", what, off + first, found,
	     expected, differ);
}
