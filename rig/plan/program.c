/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/program.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/glob.h"
#include "base/nearest.h"
#include "base/program.h"
#include "guests/image/programs.h"
#include "guests/image/tools.h"
#include "workloads/lang/scenario.h"

#define COMPILE_MS (120 * 1000)
#define FOLDER "/program"

struct program *program_create(void)
{
	struct program *p = xcalloc(1, sizeof(*p));

	p->fs = filesystem_bit(filesystems[0]);
	p->ms = PROGRAM_MS;
	p->refs = 1;
	return p;
}

struct program *program_get(struct program *p)
{
	p->refs++;
	return p;
}

static void free_words(char **words)
{
	for (; *words; words++)
		free(*words);
}

void program_put(struct program *p)
{
	if (!p || --p->refs)
		return;
	if (p->folder)
		err_free(tree_remove(p->folder));
	free(p->folder);
	free_words(p->with);
	free_words(p->words);
	pack_deinit(&p->files);
	free(p->mount);
	free(p->name);
	free(p);
}

/* "xfs,ext4" */
static struct err *set_fs(struct program *p, const char *list)
{
	p->fs = 0;
	while (*list) {
		_cleanup_free_ char *word = xstrndup(list, strcspn(list, ","));
		struct nearest n = { .word = word };
		const struct filesystem *fs = filesystem_find(word);

		for (size_t i = 0; !fs && filesystems[i]; i++)
			nearest_offer(&n, filesystems[i]->name);
		if (!fs)
			return nearest_err(&n, "filesystem", "see 'daxrig list matrix'");
		p->fs |= filesystem_bit(fs);
		list += strlen(word);
		list += *list == ',';
	}
	return p->fs ? NULL : err_create(ERR_USAGE, "expected a filesystem, as in xfs");
}

static struct err *set_mount(struct program *p, const char *options)
{
	if (!*options || strlen(options) > 200 || strpbrk(options, " \t#$\\"))
		return err_create(ERR_USAGE,
				  "'%s' are not mount options: expected them as in "
				  "'noatime,dax=inode'",
				  options);
	free(p->mount);
	p->mount = xstrdup(options);
	return NULL;
}

static struct err *add_with(struct program *p, const char *value)
{
	const char *colon = strrchr(value, ':');
	size_t n = 0;

	if (!colon || colon == value || colon[1] != '/' || strstr(colon, "..") ||
	    strpbrk(colon, " \t#$\\"))
		return err_create(ERR_USAGE,
				  "'%s' is not FILE:PATH: expected a file here and its "
				  "path in the guest, with a '/' at its beginning",
				  value);
	while (p->with[n])
		n++;
	if (n == PROGRAM_WORDS_MAX)
		return err_create(ERR_USAGE, "more than %u files", PROGRAM_WORDS_MAX);
	p->with[n] = xstrdup(value);
	return NULL;
}

struct err *program_set(struct program *p, const char *name, const char *value)
{
	struct nearest n = { .word = name };
	uint64_t number = 0;
	bool is_number = parse_size(value, &number);

	if (strcmp(name, "fs") == 0)
		return set_fs(p, value);
	if (strcmp(name, "mount") == 0)
		return set_mount(p, value);
	if (strcmp(name, "with") == 0)
		return add_with(p, value);
	if (strcmp(name, "kselftest") == 0) {
		p->kselftest = true;
		return strcmp(value, "yes") == 0 ?
			       NULL :
			       err_create(ERR_USAGE, "kselftest can only be 'yes', found '%s'",
					  value);
	}
	if (strcmp(name, "user") == 0) {
		p->uid = (unsigned int)number;
		return is_number && number <= PROGRAM_UID_MAX ?
			       NULL :
			       err_create(ERR_USAGE,
					  "'%s' is not a user's number: expected 0 to %u", value,
					  PROGRAM_UID_MAX);
	}
	if (strcmp(name, "time") == 0) {
		p->ms = number * 1000;
		return is_number && number && number <= PROGRAM_MS_MAX / 1000 ?
			       NULL :
			       err_create(ERR_USAGE, "'%s' is no time: expected 1 to %u seconds",
					  value, PROGRAM_MS_MAX / 1000);
	}
	nearest_offer_all(&n, (const char *const[]){ "fs", "mount", "with", "user", "time",
						     "kselftest", NULL });
	return nearest_err(&n, "option of a program",
			   "expected fs, mount, with, user, time or kselftest");
}

/* The name of the program in the guest: that of its file. */
static char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return str_ends(name, ".c") ? xstrndup(name, strlen(name) - 2) : xstrdup(name);
}

char *program_name(const char *name)
{
	char *copy = xstrdup(name);

	for (char *c = copy; *c; c++)
		if (*c <= ' ' || strchr("~#*?[]\\\x7f", *c))
			*c = '_';
	return copy;
}

char *program_name_of(const char *path)
{
	_cleanup_free_ char *name = file_name(path);

	return program_name(name);
}

struct err *program_add_word(struct program *p, const char *word)
{
	size_t n = 0;

	while (p->words[n])
		n++;
	if (n == PROGRAM_WORDS_MAX)
		return err_create(ERR_USAGE, "more than %u words for a program", PROGRAM_WORDS_MAX);
	p->words[n] = xstrdup(word);
	if (!n && !p->name)
		p->name = program_name_of(word);
	return NULL;
}

/* With the libraries that a test of memory or RDMA may use, if it does. */
static struct err *compile(struct program *p, char **out)
{
	_cleanup_free_ char *name = file_name(p->words[0]);
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *const argv[] = { "cc",	  "-O2",
				     "-g",	  "-pthread",
				     "-o",	  xasprintf("%s/%s", p->folder, name),
				     p->words[0], "-Wl,--as-needed",
				     "-libverbs", "-lm",
				     NULL };
	struct err *err = run_program(argv, COMPILE_MS, &text);

	*out = (char *)argv[5];
	if (!err)
		return NULL;
	/* all of it is the compiler's, which is better than its last line */
	err_free(err);
	return err_create(ERR_USAGE, "cannot compile '%s':\n%.4000s", p->words[0], buf_str(&text));
}

static struct err *make_folder(struct program *p)
{
	const char *tmp = getenv("TMPDIR");

	p->folder = xasprintf("%s/daxrig-program-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(p->folder))
		return NULL;
	free(take_ptr(p->folder));
	return err_errno(errno, "cannot make a folder for what is compiled");
}

static struct err *add_file(struct program *p, const char *from, const char *to)
{
	struct stat st;

	if (stat(from, &st))
		return err_create(ERR_USAGE, "cannot read '%s': %s", from, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_create(ERR_USAGE, "'%s' is not a file", from);
	pack_add(&p->files, PACK_FILE, to, from, st.st_mode & 0777);
	return NULL;
}

static struct err *check_size(const struct program *p)
{
	uint64_t bytes = 0;
	struct stat st;

	for (size_t i = 0; i < p->files.count; i++)
		if (p->files.items[i].kind == PACK_FILE && !stat(p->files.items[i].src, &st))
			bytes += (uint64_t)st.st_size;
	return bytes <= PROGRAM_FILES_MAX ?
		       NULL :
		       err_create(ERR_USAGE, "'%s' and what it needs are more than %u MiB",
				  p->words[0], PROGRAM_FILES_MAX >> 20);
}

struct err *program_make(struct program *p)
{
	_cleanup_free_ char *file = NULL, *name = NULL, *to = NULL;
	struct err *err = NULL;

	if (p->files.count)
		return NULL;
	if (access(p->words[0], R_OK))
		return err_create(ERR_USAGE, "cannot read '%s': %s", p->words[0], strerror(errno));
	if (str_ends(p->words[0], ".c")) {
		err = make_folder(p);
		if (!err)
			err = compile(p, &file);
	} else {
		file = xstrdup(p->words[0]);
	}
	name = file_name(p->words[0]);
	to = xasprintf(FOLDER "/%s", name);
	if (!err)
		err = add_file(p, file, to);
	if (!err)
		p->files.items[p->files.count - 1].mode = 0755; /* it comes after its folders */
	for (size_t i = 0; !err && p->with[i]; i++) {
		const char *colon = strrchr(p->with[i], ':');
		_cleanup_free_ char *from = xstrndup(p->with[i], (size_t)(colon - p->with[i]));

		err = add_file(p, from, colon + 1);
	}
	/* after the user's own: add_digests() counts on it */
	for (size_t i = 0; !err && p->with[i]; i++) {
		_cleanup_free_ char *from = xstrndup(
			p->with[i], (size_t)(strrchr(p->with[i], ':') - p->with[i]));

		err = programs_add_helper(&p->files, from);
	}
	if (!err)
		err = programs_add_needs(&p->files, file);
	return err ? err : check_size(p);
}

static void add_digests(struct buf *out, const struct program *p)
{
	size_t own = 1;

	while (p->with[own - 1])
		own++;
	for (size_t i = 0, n = 0; i < p->files.count && n < own; i++) {
		const struct pack_entry *e = &p->files.items[i];
		char hex[SHA256_HEX];
		struct sha256 sha;
		struct err *err;

		if (e->kind != PACK_FILE)
			continue;
		n++;
		sha256_start(&sha);
		err = sha256_add_file(&sha, e->src);
		sha256_end(&sha, hex);
		buf_addf(out, "with /%s %s\n", e->path, err ? "?" : hex);
		err_free(err);
	}
}

char *program_text(const struct program *p)
{
	_cleanup_free_ char *name = file_name(p->words[0]);
	_cleanup_free_ char *path = xasprintf(FOLDER "/%s", name);
	struct buf out = BUF_INIT;

	buf_adds(&out, "# runs");
	for (size_t i = 0; p->words[i]; i++) {
		buf_addc(&out, ' ');
		program_word_escape(&out, p->words[i]);
	}
	buf_adds(&out, "\nfs");
	for (size_t i = 0; filesystems[i]; i++)
		if (p->fs & filesystem_bit(filesystems[i]))
			buf_addf(&out, " %s", filesystems[i]->name);
	buf_addc(&out, '\n');
	if (p->mount)
		buf_addf(&out, "mount %s\n", p->mount);
	add_digests(&out, p);
	buf_adds(&out, "program ");
	if (p->kselftest)
		buf_adds(&out, "kselftest ");
	if (p->uid)
		buf_addf(&out, "user %u ", p->uid);
	if (p->ms != PROGRAM_MS)
		buf_addf(&out, "within %llu ", (unsigned long long)p->ms);
	program_word_escape(&out, path);
	for (size_t i = 1; p->words[i]; i++) {
		buf_addc(&out, ' ');
		program_word_escape(&out, p->words[i]);
	}
	buf_addc(&out, '\n');
	return buf_take(&out);
}

/* The absolute path of a file, or of a program by its name; NULL: there is none. */
static char *program_find(const char *word)
{
	char *path = realpath(word, NULL);

	return path || strchr(word, '/') ? path : tools_find(word);
}

struct err *program_line(const char *keys, char *const words[], int n, char **out)
{
	_cleanup_free_ char *name = program_name_of(words[0]);
	_cleanup_free_ char *found = program_find(words[0]);
	struct buf line = BUF_INIT;

	*out = NULL;
	if (!found)
		return err_create(ERR_USAGE, "cannot find program '%s'", words[0]);
	buf_addf(&line, PROGRAM_LINE "%s %s= ", name, keys);
	for (int i = 0; i < n; i++) {
		program_word_escape(&line, i ? words[i] : found);
		buf_addc(&line, ' ');
	}
	*out = buf_take(&line);
	return NULL;
}
