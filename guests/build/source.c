/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/store/apt.h"
#include "guests/build/git.h"
#include "guests/store/kernel-deb.h"
#include "guests/store/kernel-store.h"
#include "guests/archive/sha256.h"

#define PACKAGE_PREFIX "linux-source-"
#define TARBALL_NAME "source.tar"
#define ROOM_WANTED (5ull << 30) /* bytes: a package, its contents, and objects */
#define UNPACK_MS (30 * 60 * 1000)
#define COMMIT_SHOWN 12

void source_deinit(struct source *s)
{
	free(s->name);
	free(s->title);
	free(s->dir);
	free(s->package);
	free(s->version);
	free(s->tree);
	free(s->commit);
	close_fd(&s->lock);
	*s = (struct source){ .lock = -1 };
}

/* Finds the newest version in all suites. */
static struct err *ask_apt(const char *data, const struct kernel_spec *spec,
			   const struct progress *say, char **version)
{
	_cleanup_free_ char *name = xasprintf(PACKAGE_PREFIX "%s", spec->name);
	struct err *err = NULL;

	for (size_t i = 0; !err && i < KERNEL_DEB_SUITES; i++) {
		_cleanup_apt_ struct apt *apt = NULL;
		struct apt_package *p = NULL;

		err = apt_open(data, kernel_deb_suites[i], say, &apt);
		if (!err)
			err = apt_show(apt, name, &p);
		if (p && (!*version || kernel_spec_compare(p->version, *version) > 0)) {
			free(*version);
			*version = xstrdup(p->version);
		}
		apt_package_free(p);
	}
	if (!err && !*version)
		err = err_create(ERR_USAGE,
				 "unknown kernel '%s': no suite has package '%s'; suites "
				 "have source packages only for a few series",
				 spec->text, name);
	return err;
}

/* As for a packaged kernel, daxrig looks for a newer version once a day. */
static struct err *find_deb(const char *data, const struct kernel_spec *spec,
			    const struct progress *say, struct source *out)
{
	_cleanup_free_ char *builds = xasprintf("%s/build", data);
	_cleanup_free_ char *what = xasprintf("src-%s", spec->name), *known = NULL;
	struct err *err = dir_create(builds);
	bool fresh = false;

	if (!err)
		store_recall(builds, what, &known, &fresh);
	if (err)
		return err;
	if (!known || !fresh) {
		err = ask_apt(data, spec, say, &out->version);
		if (err && (!known || err->code == ERR_USAGE || err->code == ERR_CANCELLED))
			return err;
		if (err) {
			progress_line(say, "cannot look for newer source, using %s: %s", known,
				      err->message);
			err_free(err);
		} else {
			err = store_remember(builds, what, out->version);
			if (err)
				return err;
		}
	}
	if (!out->version)
		out->version = take_ptr(known);
	out->package = xasprintf(PACKAGE_PREFIX "%s", spec->name);
	out->name = xasprintf("src-%s", out->version);
	out->title = xasprintf("%s %s", out->package, out->version);
	out->dir = xasprintf("%s/%s", builds, out->name);
	return NULL;
}

/* Tells the user that uncommitted changes of a tree are not built. */
static struct err *tell_changes(const char *tree, const struct progress *say)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = GIT(tree, &text, "status", "--porcelain", "--untracked-files=no");

	if (!err && text.len)
		progress_line(say, "'%s' has uncommitted changes, which are not built", tree);
	return err;
}

static struct err *find_tree(const char *data, const struct kernel_spec *spec,
			     const struct progress *say, struct source *out)
{
	_cleanup_free_ char *name = NULL;
	struct err *err = git_tree(spec->name, &out->tree);

	if (!err)
		err = git_resolve(out->tree, spec->rev, &out->commit);
	if (!err && !spec->rev)
		err = tell_changes(out->tree, say);
	if (err)
		return err;
	name = sha256_name(out->tree);
	out->name = xasprintf("tree-%.*s", COMMIT_SHOWN, out->commit);
	out->title = xasprintf("commit %.*s of '%s'", COMMIT_SHOWN, out->commit, out->tree);
	out->dir = xasprintf("%s/build/tree-%s", data, name);
	return NULL;
}

struct err *source_find(const char *data, const struct kernel_spec *spec,
			const struct progress *say, struct source *out)
{
	*out = (struct source){ .lock = -1 };
	return spec->kind == KERNEL_SPEC_TREE ? find_tree(data, spec, say, out) :
						find_deb(data, spec, say, out);
}

static char *place_tarball(const char *entry)
{
	size_t n = strlen(entry);

	return n > 7 && strstr(entry, ".tar.") && !strncmp(entry, "usr/src/linux-source-", 21) ?
		       xstrdup(TARBALL_NAME) :
		       NULL;
}

/* Downloads the package into @dir, from the first suite that has this version. */
static struct err *download(const char *data, const struct source *s, const char *dir,
			    const struct progress *say)
{
	for (size_t i = 0; i < KERNEL_DEB_SUITES; i++) {
		_cleanup_apt_ struct apt *apt = NULL;
		struct apt_package *p = NULL;
		struct err *err = apt_open(data, kernel_deb_suites[i], say, &apt);
		bool its;

		if (!err)
			err = apt_show(apt, s->package, &p);
		its = !err && p && strcmp(p->version, s->version) == 0;
		if (its)
			err = apt_download(apt, p, dir, say);
		apt_package_free(p);
		if (err || its)
			return err;
	}
	return err_create(ERR_INFRA, "cannot fetch '%s': no longer in the archive", s->title);
}

static struct err *unpack(const char *data, const struct source *s, const char *tmp,
			  const struct progress *say)
{
	_cleanup_free_ char *src = xasprintf("%s/src", tmp), *debs = xasprintf("%s/debs", tmp);
	_cleanup_free_ char *tarball = xasprintf("%s/" TARBALL_NAME, tmp);
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err = dir_create(debs);

	if (!err)
		err = dir_create(src);
	if (!err)
		err = download(data, s, debs, say);
	if (!err)
		err = kernel_deb_unpack(debs, tmp, place_tarball, say);
	if (!err)
		err = run_program((const char *const[]){ "tar", "-xf", tarball, "-C", src,
							 "--strip-components=1", NULL },
				  UNPACK_MS, &out);
	if (!err && unlink(tarball))
		err = err_errno(errno, "cannot remove '%s'", tarball);
	return err_wrap(err, "cannot unpack %s", s->title);
}

static struct err *clone(const struct source *s, const char *tmp, const struct progress *say)
{
	_cleanup_free_ char *src = xasprintf("%s/src", tmp);
	_cleanup_buf_ struct buf out = BUF_INIT;

	progress_line(say, "cloning '%s' without its objects", s->tree);
	return err_wrap(
		GIT("/", &out, "clone", "--quiet", "--shared", "--no-checkout", s->tree, src),
		"cannot clone '%s'", s->tree);
}

static struct err *create(const char *data, const struct source *s, const struct progress *say)
{
	_cleanup_free_ char *builds = xasprintf("%s/build", data), *tmp = NULL;
	struct err *err = s->tree ? NULL : store_room(data, ROOM_WANTED);

	if (!err)
		err = store_begin(builds, strrchr(s->dir, '/') + 1, &tmp);
	if (err)
		return err;
	err = s->tree ? clone(s, tmp, say) : unpack(data, s, tmp, say);
	if (!err)
		err = store_commit_plain(builds, strrchr(s->dir, '/') + 1, tmp);
	if (err)
		store_abort(tmp);
	return err;
}

static struct err *checkout(const struct source *s)
{
	_cleanup_free_ char *src = xasprintf("%s/src", s->dir);
	_cleanup_buf_ struct buf out = BUF_INIT;

	/* --force: a killed checkout may have left files */
	return err_wrap(GIT(src, &out, "checkout", "--quiet", "--force", "--detach", s->commit),
			"cannot check out %s", s->title);
}

struct err *source_prepare(const char *data, struct source *s, const struct progress *say)
{
	_cleanup_free_ char *builds = xasprintf("%s/build", data);
	struct err *err = store_lock(builds, strrchr(s->dir, '/') + 1, say, &s->lock);

	if (!err && !path_exists(s->dir))
		err = create(data, s, say);
	if (!err)
		err = source_unpatch(s);
	if (!err && s->tree)
		err = checkout(s);
	return err;
}
