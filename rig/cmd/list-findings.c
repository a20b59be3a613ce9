/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig list findings': what is known to fail, and what 'make findings' makes of it. */
#include "cmd/list-findings.h"

#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/nearest.h"
#include "reports/record/finding.h"

#define PAGE_MAX (256u << 10) /* bytes of a text around the findings */

static void print_lines(const struct known *k)
{
	for (enum severity s = SEVERITY_ACCESS; s < SEVERITIES; s++)
		for (size_t i = 0; i < k->nr_findings; i++)
			if (k->findings[i].severity == s)
				printf("%-24s %u %-8s %s\n", k->findings[i].name, s,
				       severity_word(s), k->findings[i].title);
}

static struct err *read_page(const char *folder, const char *name, struct buf *out)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", folder, name);

	return file_read(path, PAGE_MAX, out);
}

static struct err *add_markdown(const struct known *k, const char *folder, struct buf *out)
{
	_cleanup_buf_ struct buf head = BUF_INIT, tail = BUF_INIT;
	struct err *err = read_page(folder, "head.md", &head);

	if (!err)
		err = read_page(folder, "tail.md", &tail);
	if (!err)
		findings_markdown(k, buf_str(&head), buf_str(&tail), out);
	return err;
}

static struct err *print_as(const struct known *k, const char *folder, const char *as)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct nearest n = { .word = as };
	struct err *err = NULL;

	if (strcmp(as, "known") == 0) {
		findings_list(k, &out);
	} else if (strcmp(as, "markdown") == 0) {
		err = add_markdown(k, folder, &out);
	} else {
		nearest_offer_all(&n, (const char *const[]){ "known", "markdown", NULL });
		return nearest_err(&n, "form of findings", "expected known or markdown");
	}
	if (!err)
		fputs(buf_str(&out), stdout);
	return err;
}

struct err *list_findings(const struct paths *p, const char *known, const char *as)
{
	_cleanup_free_ char *path = known ? xstrdup(known) :
					    xasprintf("%s/reports/known.txt", p->home);
	struct known k;
	struct err *err = known_read(path, &k);

	if (err)
		return err;
	if (!as)
		print_lines(&k);
	else if (!k.nr_findings || !k.findings[0].prose)
		err = err_create(ERR_USAGE,
				 "'%s' is a list: --as needs the folder of findings, as --known",
				 path);
	else
		err = print_as(&k, path, as);
	known_deinit(&k);
	return err;
}
