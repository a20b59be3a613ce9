/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/image/image-note.h"

#include <string.h>

#include "base/digest.h"
#include "base/files.h"
#include "guests/image/image.h"

#define NOTE_MAX 64
#define MEMO_MAX 4096
#define KEY_LEN (SHA256_HEX - 1)

char *image_note_path(const char *path)
{
	return xasprintf("%.*s.digest", (int)(strlen(path) - strlen(IMAGE_SUFFIX)), path);
}

struct err *image_note_write(const char *path, const char *from, uint64_t *bytes)
{
	_cleanup_free_ char *note = image_note_path(path), *text = NULL;
	struct digest digest;
	struct err *err = digest_file(from, &digest);

	if (err)
		return err;
	*bytes = digest.size;
	text = xasprintf(DIGEST_FMT "\n", digest.size, digest.sum);
	return file_write_atomic(note, text, strlen(text));
}

struct err *image_check(const char *path, uint64_t *bytes)
{
	_cleanup_free_ char *note = image_note_path(path);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct digest want;
	const char *end;
	struct err *err = file_read(note, NOTE_MAX, &text);

	if (err)
		return err;
	if (!digest_parse(buf_str(&text), &want, &end) || strcmp(end, "\n"))
		return err_create(ERR_INFRA, "'%s' is torn", note);
	*bytes = want.size;
	return digest_check(path, &want);
}

/* The complete text of a memo. */
static char *memo_text(const char *quick, const char *key)
{
	_cleanup_free_ char *lines = xasprintf("%s\n%s\n", quick, key);
	_cleanup_free_ char *sum = sha256_name(lines);

	return xasprintf("%s%s\n", lines, sum);
}

bool image_memo_read(const char *path, const char *quick, char key[static SHA256_HEX])
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_free_ char *its = NULL, *whole = NULL;
	_cleanup_err_ struct err *err = file_read(path, MEMO_MAX, &text);

	if (err || text.len < 2 * (KEY_LEN + 1))
		return false;
	its = xstrndup(text.data, KEY_LEN);
	memcpy(key, text.data + KEY_LEN + 1, KEY_LEN);
	key[KEY_LEN] = '\0';
	whole = memo_text(its, key);
	return !strcmp(whole, text.data) && strspn(key, "0123456789abcdef") == KEY_LEN &&
	       (!quick || !strcmp(quick, its));
}

struct err *image_memo_write(const char *path, const char *quick, const char *key)
{
	_cleanup_free_ char *text = memo_text(quick, key);

	return file_write_atomic(path, text, strlen(text));
}
