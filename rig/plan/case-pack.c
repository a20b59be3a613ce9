/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/case-pack.h"

#include <ctype.h>
#include <string.h>

#include "guests/archive/archive-io.h"
#include "guests/geometry.h"
#include "guests/store/kernel-spec.h"
#include "reports/history/identity.h"
#include "workloads/lang/scenario.h"

#define NAME_MAX_LEN 200

bool case_pack_is(const char *word)
{
	return str_ends(word, CASE_PACK_SUFFIX);
}

/* Names of cases are parts of paths and globs elsewhere: no other bytes than those of daxrig's own. */
static bool is_name(const char *name)
{
	const char *slash = strchr(name, '/');
	_cleanup_free_ char *fs = slash ? xstrndup(name, (size_t)(slash - name)) : NULL;

	for (const char *p = name; *p; p++)
		if (!isascii(*p) || (!isalnum((unsigned char)*p) && !strchr("+-./_", *p)))
			return false;
	return fs && filesystem_find(fs) && slash[1] && strlen(name) <= NAME_MAX_LEN;
}

char *case_pack_kernel_spec(const char *package, const char *spec)
{
	_cleanup_free_ char *text = NULL;
	struct kernel_spec parsed;
	struct err *err;
	bool same;

	if (strncmp(package, KERNEL_IMAGE_PREFIX, strlen(KERNEL_IMAGE_PREFIX)) == 0)
		text = xasprintf("deb:%s", package + strlen(KERNEL_IMAGE_PREFIX));
	else
		text = xstrdup(spec);
	err = kernel_spec_parse(text, &parsed);
	if (err) {
		err_free(err);
		return NULL;
	}
	/* the others name files, trees and a store of their own machine, and so do extras with a dot */
	same = parsed.kind <= KERNEL_SPEC_NEWEST ||
	       (parsed.kind == KERNEL_SPEC_SOURCE && !strpbrk(kernel_spec_extras(&parsed), "./"));
	kernel_spec_deinit(&parsed);
	return same ? take_ptr(text) : NULL;
}

bool case_pack_lacks_program(const char *text)
{
	struct scenario *s;
	struct err *err = scenario_parse("", text, strlen(text), &s);
	bool lacks = false;

	if (err) {
		err_free(err);
		return false;
	}
	for (unsigned int i = 0; i < s->nr_steps; i++)
		lacks |= s->steps[i].verb == STEP_PROGRAM;
	scenario_free(s);
	return lacks;
}

static struct err *bad(const char *path, const char *why)
{
	return err_create(ERR_USAGE, "'%s' is no pack of daxrig: %s", path, why);
}

static struct err *take(const char *path, const struct run_summary *s, struct case_pack *out)
{
	const struct case_record *rec = s->case_count == 1 ? s->cases[0] : NULL;
	_cleanup_free_ char *name = rec ? identity_case(rec->name) : NULL;
	struct err *err = NULL;
	struct geometry g;

	if (!rec)
		return bad(path, "its record does not have one case");
	if (!is_name(name))
		return bad(path, "its case has no name that is one");
	if (!rec->scenario || !*rec->scenario)
		return bad(path, "its case has no scenario");
	if (case_pack_lacks_program(rec->scenario))
		return bad(path, "its case runs a program, which no pack has");
	geometry_init(&g);
	if (*s->geometry)
		err = geometry_parse(&g, s->geometry);
	if (err)
		return err_wrap(err, "'%s' is no pack of daxrig", path);
	*out = (struct case_pack){
		.name = take_ptr(name),
		.text = xstrdup(rec->scenario),
		.geometry = *s->geometry ? xstrdup(s->geometry) : NULL,
		.kernel = case_pack_kernel_spec(s->kernel_package, s->kernel_spec),
		.kernel_spec = xstrdup(s->kernel_spec),
	};
	return NULL;
}

struct err *case_pack_parse(const char *path, const char *text, size_t len, struct case_pack *out)
{
	struct run_summary s;
	struct err *err = run_json_parse(path, text, len, &s);

	if (err) {
		err->code = ERR_USAGE;
		return err;
	}
	err = take(path, &s, out);
	run_summary_deinit(&s);
	return err;
}

struct err *case_pack_read(const char *path, struct case_pack *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = tree_read_first(path, CASE_PACK_RECORD_MAX, &text);

	if (!err)
		return case_pack_parse(path, buf_str(&text), text.len, out);
	err->code = ERR_USAGE; /* it is the user's file, also when it is not there */
	return err;
}

void case_pack_deinit(struct case_pack *p)
{
	free(p->name);
	free(p->text);
	free(p->geometry);
	free(p->kernel);
	free(p->kernel_spec);
}

struct err *case_pack_add(struct plan *plan, const char *path)
{
	struct plan_source source = { 0 };
	struct case_pack p;
	struct err *err = case_pack_read(path, &p);

	if (err)
		return err;
	/* without the filesystem, which is the first part of the names that this makes */
	source = (struct plan_source){ .name = strchr(p.name, '/') + 1,
				       .path = (char *)(uintptr_t)path,
				       .text = p.text,
				       .len = strlen(p.text) };
	err = plan_add_scenario(plan, &source);
	if (!err)
		plan_match(plan, p.name);
	if (!err && !plan->nr_cases)
		err = bad(path, "its scenario does not run on its filesystem");
	if (!err && !plan->geometry)
		plan->geometry = take_ptr(p.geometry);
	case_pack_deinit(&p);
	return err;
}

struct err *case_pack_kernel(const char *path, char **spec)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;
	struct case_pack p;
	struct err *err = case_pack_read(path, &p);

	if (err)
		return err;
	*spec = take_ptr(p.kernel);
	buf_add_escaped(&shown, p.kernel_spec, strlen(p.kernel_spec), NAME_MAX_LEN);
	if (!*spec)
		err = err_create(ERR_USAGE,
				 "'%s' is of kernel '%s', which only the machine that made it has; "
				 "give one by --kernel",
				 path, buf_str(&shown));
	case_pack_deinit(&p);
	return err;
}
