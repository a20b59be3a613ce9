/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/apt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "base/program.h"
#include "guests/store/apt-sources.h"

#define APT_ETC "/etc/apt"
#define APT_LISTS_AGE (24 * 60 * 60) /* seconds */
#define APT_UPDATE_MS (10 * 60 * 1000)
#define APT_DOWNLOAD_MS (60 * 60 * 1000)
#define APT_QUERY_MS (2 * 60 * 1000)

struct apt {
	char *suite; /* NULL: the machine's own */
	char *dir, *conf;
};

void apt_close(struct apt *apt)
{
	if (!apt)
		return;
	free(apt->suite);
	free(apt->dir);
	free(apt->conf);
	free(apt);
}

void apt_close_ptr(struct apt **apt)
{
	apt_close(*apt);
}

const char *apt_suite(const struct apt *apt)
{
	return apt->suite ? apt->suite : "the machine's own suites";
}

static struct err *read_sources_file(const char *path, enum apt_format format,
				     struct apt_sources *sources)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, 1 << 20, &text);

	if (!err)
		apt_sources_add(sources, buf_str(&text), format);
	return err;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static struct err *read_machine_sources(struct apt_sources *sources)
{
	struct dirent **names = NULL;
	struct err *err = NULL;
	int n;

	if (path_exists(APT_ETC "/sources.list"))
		err = read_sources_file(APT_ETC "/sources.list", APT_FORMAT_LIST, sources);
	n = scandir(APT_ETC "/sources.list.d", &names, NULL, by_name);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		_cleanup_free_ char *path = xasprintf(APT_ETC "/sources.list.d/%s", name);

		if (!err && str_ends(name, ".list"))
			err = read_sources_file(path, APT_FORMAT_LIST, sources);
		else if (!err && str_ends(name, ".sources"))
			err = read_sources_file(path, APT_FORMAT_DEB822, sources);
		free(names[i]);
	}
	free(names);
	return err;
}

static struct err *derive_sources(const char *suite, char **out)
{
	struct apt_sources sources = { 0 };
	struct err *err = read_machine_sources(&sources);

	if (!err) {
		*out = apt_sources_derive(&sources, suite);
		if (!*out)
			err = err_create(ERR_INFRA,
					 "cannot find a Debian archive in '" APT_ETC
					 "/sources.list' or '" APT_ETC
					 "/sources.list.d': add one, or use file:BZIMAGE");
	}
	apt_sources_deinit(&sources);
	return err;
}

/* Clears the hooks of the machine's apt, which clean or index its caches. */
static void write_conf(struct buf *b, const char *dir)
{
	buf_addf(b,
		 "Dir::Etc::sourcelist \"/dev/null\";\n"
		 "Dir::Etc::sourceparts \"%1$s/parts\";\n"
		 "Dir::Etc::preferences \"/dev/null\";\n"
		 "Dir::Etc::preferencesparts \"/dev/null\";\n"
		 "Dir::State::lists \"%1$s/lists\";\n"
		 "Dir::State::status \"%1$s/status\";\n"
		 "Dir::Cache \"%1$s/cache\";\n"
		 "Dir::Cache::archives \"archives\";\n"
		 "Dir::Cache::pkgcache \"pkgcache.bin\";\n"
		 "Dir::Cache::srcpkgcache \"\";\n"
		 "Acquire::Languages \"none\";\n"
		 "#clear APT::Architectures;\n"
		 "APT::Architectures { \"" ARCH_DEBIAN "\"; };\n"
		 "#clear APT::Update::Pre-Invoke;\n"
		 "#clear APT::Update::Post-Invoke;\n"
		 "#clear APT::Update::Post-Invoke-Success;\n"
		 "#clear DPkg::Post-Invoke;\n",
		 dir);
}

/* Writes @text to @path, and sets *@changed, unless the file already has that text. */
static struct err *write_if_new(const char *path, const char *text, bool *changed)
{
	_cleanup_buf_ struct buf old = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, 1 << 20, &old);

	if (!err && !strcmp(buf_str(&old), text))
		return NULL;
	*changed = true;
	return file_write_atomic(path, text, strlen(text));
}

static struct err *make_folders(const char *dir)
{
	static const char *const subs[] = { "parts", "lists/partial", "cache/archives/partial" };

	for (size_t i = 0; i < ARRAY_SIZE(subs); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, subs[i]);
		struct err *err = dir_create(path);

		if (err)
			return err;
	}
	return NULL;
}

static bool lists_fresh(const char *stamp)
{
	time_t now = time(NULL);
	struct stat st;

	return !stat(stamp, &st) && st.st_mtime <= now + 60 && now - st.st_mtime < APT_LISTS_AGE;
}

/* apt's first error says more than its last line. */
static struct err *apt_complaint(struct err *err, const struct buf *out)
{
	const char *line = strstr(buf_str(out), "E: ");
	_cleanup_buf_ struct buf shown = BUF_INIT;
	enum err_code code = err->code;

	if (code == ERR_TIMEOUT || !line)
		return err;
	line += 3;
	buf_add_escaped(&shown, line, strcspn(line, "\n"), 300);
	err_free(err);
	return err_create(code, "%s", buf_str(&shown));
}

static struct err *apt_update(struct apt *apt, const char *stamp, const struct progress *say)
{
	const char *const argv[] = { "env", "LC_ALL=C",	      "apt-get", "-c", apt->conf,
				     "-qq", "--error-on=any", "update",	 NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err;

	progress_line(say, "reading the package lists of %s", apt_suite(apt));
	err = run_program(argv, APT_UPDATE_MS, &out);
	if (err)
		return err_wrap(apt_complaint(err, &out),
				"cannot update the package lists of %s (is there a network?)",
				apt_suite(apt));
	return file_write_atomic(stamp, "", 0);
}

static struct err *apt_prepare(struct apt *apt, const struct progress *say)
{
	_cleanup_free_ char *parts = xasprintf("%s/parts/debian.sources", apt->dir);
	_cleanup_free_ char *status = xasprintf("%s/status", apt->dir);
	_cleanup_free_ char *stamp = xasprintf("%s/updated", apt->dir);
	_cleanup_free_ char *sources = NULL;
	_cleanup_buf_ struct buf conf = BUF_INIT;
	struct err *err = derive_sources(apt->suite, &sources);
	bool changed = false, conf_changed = false;

	if (!err)
		err = make_folders(apt->dir);
	write_conf(&conf, apt->dir);
	if (!err)
		err = write_if_new(apt->conf, buf_str(&conf), &conf_changed);
	if (!err)
		err = write_if_new(status, "", &conf_changed);
	if (!err)
		err = write_if_new(parts, sources, &changed);
	if (changed)
		unlink(stamp);
	if (err || lists_fresh(stamp))
		return err;
	return apt_update(apt, stamp, say);
}

struct err *apt_open(const char *data_dir, const char *suite, const struct progress *say,
		     struct apt **out)
{
	_cleanup_apt_ struct apt *apt = xcalloc(1, sizeof(*apt));
	_cleanup_free_ char *lock = NULL, *dir = NULL;
	_cleanup_close_ int fd = -1;
	struct err *err;

	apt->suite = suite ? xstrdup(suite) : NULL;
	dir = xasprintf("%s/apt/%s", data_dir, suite ? suite : "native");
	err = dir_create(dir);
	if (err)
		return err;
	apt->dir = realpath(dir, NULL);
	if (!apt->dir)
		return err_errno(errno, "cannot use folder '%s'", dir);
	if (strpbrk(apt->dir, "\"\n"))
		return err_create(ERR_USAGE,
				  "cannot use folder '%s': apt does not accept "
				  "quotes in its name",
				  apt->dir);
	apt->conf = xasprintf("%s/apt.conf", apt->dir);
	lock = xasprintf("%s/lock", apt->dir);
	fd = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", lock);
	while (flock(fd, LOCK_EX)) {
		if (errno != EINTR)
			return err_errno(errno, "cannot lock '%s'", lock);
	}
	err = apt_prepare(apt, say);
	if (!err)
		*out = take_ptr(apt);
	return err;
}

struct err *apt_names(struct apt *apt, const char *prefix, struct buf *out)
{
	const char *const argv[] = { "env",	"LC_ALL=C", "apt-cache", "-c",
				     apt->conf, "pkgnames", prefix,	 NULL };

	return err_wrap(run_program(argv, APT_QUERY_MS, out), "cannot list the packages of %s",
			apt_suite(apt));
}

struct err *apt_show_all(struct apt *apt, const char *names, struct apt_packages *out)
{
	const char *const head[] = { "env",	"LC_ALL=C", "apt-cache",	"-c",
				     apt->conf, "show",	    "--no-all-versions" };
	_cleanup_free_ char *copy = xstrdup(names);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_free_ const char **argv = NULL;
	char *rest = copy, *name;
	size_t n = ARRAY_SIZE(head);
	struct err *err;

	memset(out, 0, sizeof(*out));
	argv = xcalloc(n + strlen(names) + 1, sizeof(*argv));
	memcpy(argv, head, sizeof(head));
	while ((name = strsep(&rest, "\n")))
		if (*name)
			argv[n++] = name;
	if (n == ARRAY_SIZE(head))
		return NULL;
	err = run_program(argv, APT_QUERY_MS, &text);
	if (!err)
		apt_packages_parse(out, buf_str(&text));
	return err_wrap(err, "cannot look up the packages of %s", apt_suite(apt));
}

struct err *apt_show(struct apt *apt, const char *name, struct apt_package **out)
{
	_cleanup_free_ char *line = xasprintf("\n%s\n", name), *all = NULL;
	_cleanup_buf_ struct buf names = BUF_INIT;
	struct apt_packages found;
	struct err *err = apt_names(apt, name, &names);

	*out = NULL;
	if (err)
		return err;
	all = xasprintf("\n%s", buf_str(&names));
	if (!strstr(all, line))
		return NULL;
	err = apt_show_all(apt, name, &found);
	if (!err && !found.n)
		err = err_create(ERR_INFRA,
				 "cannot look up package '%s': apt-cache printed "
				 "no version",
				 name);
	if (!err) {
		*out = xcalloc(1, sizeof(**out));
		**out = found.v[0];
		found.v[0] = (struct apt_package){ 0 };
	}
	apt_packages_deinit(&found);
	return err;
}

struct err *apt_download(struct apt *apt, const struct apt_package *p, const char *dir,
			 const struct progress *say)
{
	_cleanup_free_ char *chdir_to = xasprintf("--chdir=%s", dir);
	_cleanup_free_ char *which = xasprintf("%s=%s", p->name, p->version);
	const char *const argv[] = { "env",	chdir_to, "LC_ALL=C", "apt-get", "-c",
				     apt->conf, "-qq",	  "download", which,	 NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err;

	progress_line(say, "fetching %s %s (%.1f MB) from %s", p->name, p->version,
		      (double)p->bytes / 1e6, apt_suite(apt));
	err = run_program(argv, APT_DOWNLOAD_MS, &out);
	if (err)
		err = apt_complaint(err, &out);
	return err_wrap(err, "cannot download '%s'", p->name);
}
