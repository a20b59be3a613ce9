/* SPDX-License-Identifier: GPL-2.0-only */
/* What a night gives to others: files beside the record, the mail, the pages. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "nightly/night-private.h"
#include "reports/render/render.h"
#include "reports/site/site.h"

#define MAIL_MS 60000

/* Ends @err, and says it. */
static void tell(struct night *n, struct err *err)
{
	if (err)
		progress_line(n->o->say, "%s", err->message);
	err_free(err);
}

/* Gives the mail to the command, once: mail.txt is there when it was taken. */
static struct err *send_mail(struct night *n, const struct render_run *run,
			     const struct run_summary *s, const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/mail.txt", folder);
	_cleanup_free_ char *draft = xasprintf("%s/mail.draft", folder);
	const char *const argv[] = { "sh",   "-c",  "exec < \"$1\"; eval \"$2\"",
				     "mail", draft, n->file->mail,
				     NULL };
	struct stat st;
	struct err *err;

	if (path_exists(path))
		return NULL;
	err = render_write(&renderer_mail, draft, run, s->cases, s->case_count, s->end_reason);
	if (!err && !stat(draft, &st) && !st.st_size) {
		unlink(draft);
		return NULL;
	}
	if (!err && n->file->mail)
		err = err_wrap(run_program(argv, MAIL_MS, NULL), "cannot send the mail '%s'",
			       draft);
	if (!err && rename(draft, path))
		err = err_create(ERR_INFRA, "cannot rename '%s'", draft);
	return err;
}

/* Keeps the record of what was seen here for the first time: 'daxrig runs --prune' reads it. */
static struct err *keep_first(const struct night *n, uint32_t run, const char *folder)
{
	const struct history_run *r = &n->h.runs[run];
	_cleanup_free_ char *path = xasprintf("%s/keep", folder);
	_cleanup_buf_ struct buf text = BUF_INIT;

	for (size_t i = 0; i < r->nr_rows; i++) {
		const struct history_row *row = &r->rows[i];

		if (row->status != STATUS_NEW && row->status != STATUS_REGRESSED)
			continue;
		buf_addf(&text, "%s: %s\n", status_name(row->status), n->h.cases[row->of].name);
	}
	return text.len ? file_write_atomic(path, buf_str(&text), text.len) : NULL;
}

static void note(void *arg, const char *text)
{
	struct night *n = arg;

	progress_line(n->o->say, "%s", text);
}

static struct err *write_site(struct night *n)
{
	const struct site_options o = {
		.folder = n->file->site,
		.known = &n->known,
		.note = note,
		.arg = n,
	};

	return n->file->site ? site_write(&n->h, &o, NULL) : NULL;
}

static void write_files(struct night *n, const struct render_run *run, const struct run_summary *s,
			const char *folder)
{
	static const struct {
		const char *name;
		const struct renderer *renderer;
	} files[] = {
		{ "junit.xml", &renderer_junit },
		{ "kcidb.json", &renderer_kcidb },
		{ "daxrig.prom", &renderer_prometheus },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, files[i].name);

		tell(n, render_write(files[i].renderer, path, run, s->cases, s->case_count,
				     s->end_reason));
	}
}

void night_publish(struct night *n, uint32_t run)
{
	const char *path = n->h.runs[run].path;
	_cleanup_free_ char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	_cleanup_free_ char *compiler = NULL;
	struct run_summary s;
	struct render_run shown;
	struct err *err = run_json_read(path, &s);

	if (err) {
		tell(n, err);
		return;
	}
	compiler = render_read_compiler(s.kernel_config);
	shown = render_run_of(&s, path);
	shown.known = &n->known;
	shown.compiler = compiler;
	shown.history = &n->h;
	shown.run = run;
	write_files(n, &shown, &s, folder);
	tell(n, send_mail(n, &shown, &s, folder));
	tell(n, keep_first(n, run, folder));
	tell(n, write_site(n));
	run_summary_deinit(&s);
}
