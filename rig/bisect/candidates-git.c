// SPDX-License-Identifier: GPL-2.0-only
/* Histories of a git tree. Only reads the tree. */
#include "bisect/candidates.h"

#include <string.h>

#include "guests/build/git.h"

/* run_program() keeps a bounded part of the output; this many commits always fit. */
#define COMMITS_AT_ONCE 2000
#define COMMITS_AT_ONCE_TEXT "2000"

/* Messages name a commit by its first 12 digits, as kernel developers do. */
#define SHORT_ID 12

static char *spec_of(const struct candidates *h, const char *id)
{
	return xasprintf("tree:%s@%s%s", h->tree, id, h->extras);
}

/* Adds lines "ID<tab>DATE<tab>SUBJECT", newest first, and returns their number. Skips warnings. */
static size_t add_page(struct candidates *h, const char *text)
{
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, "\n"), id = git_id_len(text);

		if (id && text[id] == '\t') {
			_cleanup_free_ char *name = xstrndup(text, id);
			_cleanup_free_ char *spec = spec_of(h, name);
			_cleanup_free_ char *date = xstrndup(text + id + 1, 10);
			const char *subject = text + MIN(id + 12, len);
			size_t end = len - (size_t)(subject - text);
			_cleanup_buf_ struct buf shown = BUF_INIT;

			while (end && subject[end - 1] == ' ')
				end--;
			buf_add_escaped(&shown, subject, end, 100);
			_cleanup_free_ char *label = xasprintf("%.*s %s (%s)", SHORT_ID, name,
							       buf_str(&shown), date);

			candidates_add(h, spec, label);
			n++;
		}
		text += len + (text[len] == '\n');
	}
	return n;
}

/* Adds the first parents from @to back to the first commit that @from contains, newest first. */
static struct err *add_line(struct candidates *h, const char *from, const char *to)
{
	_cleanup_free_ char *range = from ? xasprintf("%s..%s", from, to) : xstrdup(to);
	const char *one = from ? "--max-count=" COMMITS_AT_ONCE_TEXT : "--max-count=1";
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t skip = 0, n;

	do {
		_cleanup_free_ char *over = xasprintf("--skip=%zu", skip);
		struct err *err = GIT(h->tree, &text, "log", "--first-parent", "--no-color",
				      "--no-show-signature",
				      "--format=%H%x09%as%x09%<(100,trunc)%s", one, over,
				      "--end-of-options", range, "--");

		if (err)
			return err;
		n = add_page(h, buf_str(&text));
		skip += n;
	} while (from && n == COMMITS_AT_ONCE);
	return NULL;
}

/* The commit of the candidate at @at; free() it. */
static char *id_at(const struct candidates *h, size_t at)
{
	const char *id = h->v[at].spec + strlen("tree:") + strlen(h->tree) + 1;

	return xstrndup(id, git_id_len(id));
}

static struct err *not_on_line(const struct candidates *h, const char *end, const char *rev,
			       const char *parent)
{
	_cleanup_free_ char *say = NULL;

	if (parent)
		say = xasprintf(": use --%s tree:%s@%.*s%s, where that line begins", end, h->tree,
				SHORT_ID, parent, h->extras);
	return err_create(ERR_USAGE,
			  "'%s' was merged into the bisected line of first parents, but it "
			  "is not on it%s",
			  rev, say ? say : "");
}

/*
 * Fills @h from @older, an ancestor, to @newer, oldest first. The first parent of the oldest
 * commit must be @older: otherwise other commits lie between them.
 */
static struct err *fill(struct candidates *h, const char *older, const char *newer, const char *end,
			const char *rev)
{
	_cleanup_free_ char *oldest = NULL;
	struct err *err = add_line(h, older, newer);
	char **parents = NULL;
	size_t n = 0;

	if (err)
		return err;
	oldest = h->n ? id_at(h, h->n - 1) : NULL;
	if (oldest)
		err = git_parents(h->tree, oldest, &parents, &n);
	if (!err && (!n || strcmp(parents[0], older)))
		err = not_on_line(h, end, rev, n ? parents[0] : NULL);
	git_free_ids(parents, n);
	if (!err)
		err = add_line(h, NULL, older);
	candidates_turn(h);
	return err;
}

static struct err *unrelated(const struct candidates *h, const char *good, const char *bad)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = GIT(h->tree, &text, "merge-base", good, bad);
	_cleanup_free_ char *base = err ? NULL : git_first_id(buf_str(&text));

	if (!base)
		return err_create(ERR_USAGE,
				  "the good and the bad revision have no common ancestor "
				  "in '%s'",
				  h->tree);
	return err_create(ERR_USAGE,
			  "neither the good nor the bad revision is an ancestor of the "
			  "other: check that their merge base is good, then use --good "
			  "tree:%s@%.*s%s",
			  h->tree, SHORT_ID, base, h->extras);
}

static struct err *fill_either_way(struct candidates *h, const struct kernel_spec *good,
				   const struct kernel_spec *bad)
{
	_cleanup_free_ char *from = NULL, *to = NULL;
	struct err *err = git_resolve(h->tree, good->rev, &from);
	bool forward, back;

	if (!err)
		err = git_resolve(h->tree, bad->rev, &to);
	if (err)
		return err;
	if (strcmp(from, to) == 0)
		return err_create(ERR_USAGE,
				  "the good revision and the bad one are the same, '%.*s'",
				  SHORT_ID, from);
	forward = git_is_ancestor(h->tree, from, to, &err);
	back = !forward && git_is_ancestor(h->tree, to, from, &err);
	if (err)
		return err;
	if (forward)
		return fill(h, from, to, "good", good->text);
	if (!back)
		return unrelated(h, from, to);
	err = fill(h, to, from, "bad", bad->text);
	h->fixed = true;
	candidates_turn(h);
	return err;
}

struct err *candidates_of_tree(const struct kernel_spec *good, const struct kernel_spec *bad,
			       struct candidates *out)
{
	_cleanup_free_ char *other = NULL;
	struct err *err;

	*out = (struct candidates){ .unit = "commit", .extras = xstrdup(kernel_spec_extras(good)) };
	err = git_tree(good->name, &out->tree);
	if (!err)
		err = git_tree(bad->name, &other);
	if (err)
		return err;
	if (strcmp(out->tree, other))
		return err_create(ERR_USAGE, "cannot bisect between two trees, '%s' and '%s'",
				  out->tree, other);
	if (strcmp(out->extras, kernel_spec_extras(bad)))
		return err_create(
			ERR_USAGE,
			"cannot bisect between revisions that are built "
			"differently, '%s' and '%s': give both the same +PROFILE and files",
			good->text, bad->text);
	return fill_either_way(out, good, bad);
}

static void drop_all(struct candidates *h)
{
	while (h->n) {
		free(h->v[--h->n].spec);
		free(h->v[h->n].label);
	}
}

static void note(struct candidates *h, const char *merge, const char *why)
{
	h->note = xasprintf("%.*s is a merge: %s", SHORT_ID, merge, why);
}

/*
 * Commits of the first parent are before the merge. The line of the second parent starts at
 * the common ancestor. It should behave as the first parent; the session runs it to check.
 */
struct err *candidates_inside(const struct candidates *h, size_t at, struct candidates *out)
{
	_cleanup_free_ char *merge = h->tree ? id_at(h, at) : NULL;
	_cleanup_free_ char *oldest = NULL;
	char **parents = NULL, **before = NULL;
	size_t n = 0, n_before = 0;
	struct err *err;

	*out = (struct candidates){ .unit = "commit" };
	if (!h->tree)
		return NULL;
	out->tree = xstrdup(h->tree);
	out->extras = xstrdup(h->extras);
	err = git_parents(h->tree, merge, &parents, &n);
	if (!err && n > 2)
		note(out, merge, "of more than two parents, which daxrig does not bisect");
	if (!err && n == 2)
		err = add_line(out, parents[0], parents[1]);
	oldest = out->n ? id_at(out, out->n - 1) : NULL;
	if (!err && oldest)
		err = git_parents(h->tree, oldest, &before, &n_before);
	if (!err && n == 2 && !n_before)
		note(out, merge, "its other side has no commits of its own, or another root");
	if (!err && n_before)
		err = add_line(out, NULL, before[0]);
	else
		drop_all(out);
	git_free_ids(parents, n);
	git_free_ids(before, n_before);
	out->fixed = h->fixed;
	/* newest first, which is from good to bad for a fix */
	if (!out->fixed)
		candidates_turn(out);
	return err;
}

struct err *candidates_describe(const struct candidates *h, size_t at, char **out)
{
	_cleanup_free_ char *id = id_at(h, at);
	_cleanup_buf_ struct buf text = BUF_INIT, shown = BUF_INIT;
	struct err *err = GIT(h->tree, &text, "log", "--max-count=1", "--no-color",
			      "--no-show-signature",
			      "--format=commit %H%nauthor %an, %ad%nsubject %s", id, "--");

	for (const char *p = buf_str(&text); !err && *p;) {
		size_t len = strcspn(p, "\n");

		buf_adds(&shown, "  ");
		buf_add_escaped(&shown, p, len, 400);
		buf_addc(&shown, '\n');
		p += len + (p[len] == '\n');
	}
	*out = err ? NULL : buf_take(&shown);
	return err;
}
