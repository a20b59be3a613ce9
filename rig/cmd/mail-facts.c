/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/mail-facts.h"

#include <string.h>

#include "base/files.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-symbols.h"
#include "reports/render/render.h"
#include "reports/splat/splat-places.h"
#include "wire/agent.h"
#include "wire/filesystem/filesystem.h"
#include "workloads/c/c.h"
#include "workloads/lang/scenario.h"

#define CONFIG_MAX (4u << 20) /* bytes */
#define DEVICE "/dev/pmem0"

/* What is not on this machine is left out; why is said. */
static void say_missing(const struct progress *say, const char *what, struct err *err)
{
	if (err)
		progress_line(say, "without %s: %s", what, err->message);
	err_free(err);
}

/* Appends "CONFIG_FS_DAX=y, " when @config, the text of a .config, has the option. */
static void add_option(struct buf *out, const char *config, const char *option)
{
	char value = option ? kernel_config_value(config, option) : 'n';

	if (value == 'y' || value == 'm')
		buf_addf(out, "%s%s=%c", out->len ? ", " : "", option, value);
}

static char *options_of(const char *config, const struct filesystem *fs)
{
	static const char *const options[] = {
		"CONFIG_FS_DAX",	"CONFIG_FS_DAX_PMD",	  "CONFIG_TRANSPARENT_HUGEPAGE",
		"CONFIG_BLK_DEV_PMEM",	"CONFIG_NVDIMM_PFN",	  "CONFIG_MEMORY_FAILURE",
		"CONFIG_SMP",		"CONFIG_PREEMPT_NONE",	  "CONFIG_PREEMPT_VOLUNTARY",
		"CONFIG_PREEMPT",	"CONFIG_PREEMPT_DYNAMIC", "CONFIG_DEBUG_VM",
		"CONFIG_PROVE_LOCKING", "CONFIG_KASAN",
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; fs && i < ARRAY_SIZE(fs->config); i++)
		add_option(&b, config, fs->config[i].option);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		add_option(&b, config, options[i]);
	return buf_take(&b);
}

static struct err *decode(const struct kernel *k, const char *text, char **out)
{
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL;
	struct symbols *symbols = NULL;
	struct buf b = BUF_INIT;
	struct err *err = kernel_symbols(k, &vmlinux, &modules);

	if (!err)
		err = symbols_open(vmlinux, modules, &symbols);
	if (err)
		return err;
	splat_decode(symbols, text, &b);
	symbols_close(symbols);
	*out = buf_take(&b);
	return NULL;
}

static void find_trace(struct mail_facts *f, const struct one_case *c, const struct kernel *k,
		       const struct progress *say)
{
	const struct finding *traced = upstream_traced(c->rec);

	if (traced)
		say_missing(say, "files and lines in its trace",
			    decode(k, traced->detail, &f->trace));
}

/* What the kernel itself says, if it is on this machine. */
static void find_kernel(struct mail_facts *f, const struct one_case *c, const struct filesystem *fs,
			const struct progress *say)
{
	_cleanup_free_ char *spec = xasprintf("store:%s", c->s.kernel_key);
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf config = BUF_INIT;
	struct err *err = kernel_find(c->past.paths.data, spec, &k);

	if (!err && k->config)
		err = file_read(k->config, CONFIG_MAX, &config);
	if (!err) {
		f->kernel_version = k->version ? xstrdup(k->version) : NULL;
		f->options = options_of(buf_str(&config), fs);
		f->compiler = render_compiler(buf_str(&config));
		find_trace(f, c, k, say);
	}
	say_missing(say, "the kernel's options and the lines of its trace", err);
}

/* @own: the options that the scenario mounts with, or NULL. */
static void find_filesystem(struct mail_facts *f, const struct filesystem *fs, const char *own)
{
	const char *dax = filesystem_dax(fs, own);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < FILESYSTEM_ARGS_MAX && fs->mkfs[i]; i++)
		buf_addf(&b, "%s ", fs->mkfs[i]);
	buf_adds(&b, DEVICE);
	f->mkfs = buf_take(&b);
	f->mount = xasprintf("mount -t %s -o %s%s%s " DEVICE " /mnt", fs->name, dax,
			     *dax && own ? "," : "", own ? own : "");
}

/* "rdma: ibv_reg_mr, ...", each word once. */
static void add_word(struct buf *out, const char *word, const char *meaning)
{
	_cleanup_free_ char *line = xasprintf("%s: %s\n", word, meaning);

	if (!strstr(buf_str(out), line))
		buf_adds(out, line);
}

/* What its steps need to be explained with. */
static void find_words(struct mail_facts *f, const struct scenario *s)
{
	unsigned int traits = 0;
	struct buf b = BUF_INIT;

	for (unsigned int i = 0; i < s->nr_steps; i++) {
		const struct step *st = &s->steps[i];

		if (st->pin) {
			add_word(&b, st->pin->name, st->pin->summary);
			traits |= st->pin->traits;
		}
		if (st->call.op)
			add_word(&b, st->call.op->name, st->call.op->summary);
	}
	f->words = buf_take(&b);
	f->no_holder = !(traits & PIN_HOLDS);
	if (traits & PIN_RDMA)
		f->network = xasprintf("soft-RoCE (rxe) on an interface of type dummy, MTU %d",
				       AGENT_MTU);
	if (traits & PIN_NEEDS_GATE)
		f->caveat = xstrdup(
			"To hold the page by RDMA, a debugger took FOLL_LONGTERM out of "
			"the arguments of pin_user_pages_fast() for this one call of "
			"ibv_reg_mr(): without that the kernel refuses it. All else "
			"is the kernel as it is.");
}

static void find_program(struct mail_facts *f, const struct one_case *c)
{
	static const char told[] = "cannot be told in C: ";
	_cleanup_err_ struct err *err = NULL;
	struct buf b = BUF_INIT;
	const char *why;

	err = c_program(c->name, c->rec->scenario, "", &b);
	if (!err) {
		f->program = buf_take(&b);
		return;
	}
	buf_deinit(&b);
	why = strstr(err->message, told);
	f->no_program = xstrdup(why ? why + strlen(told) : err->message);
}

static void find_scenario(struct mail_facts *f, const struct one_case *c,
			  const struct filesystem *fs)
{
	const char *text = c->rec->scenario;
	struct scenario *s;
	struct err *err;

	if (text && *text)
		find_program(f, c);
	/* a record may have been written by a daxrig whose language differs */
	err = scenario_parse(c->name, text ? text : "", text ? strlen(text) : 0, &s);
	if (!err)
		find_words(f, s);
	if (fs)
		find_filesystem(f, fs, err ? NULL : s->mount);
	if (!err)
		scenario_free(s);
	err_free(err);
}

void mail_facts_find(struct mail_facts *f, const struct one_case *c, const struct progress *say)
{
	const struct filesystem *fs = c->rec->fs ? filesystem_find(c->rec->fs) : NULL;

	find_kernel(f, c, fs, say);
	find_scenario(f, c, fs);
	answer_file_find(c->past.paths.data, c->name, c->rec, &f->found);
	f->u = (struct upstream){
		.kernel_version = f->kernel_version,
		.options = f->options,
		.mkfs = f->mkfs,
		.mount = f->mount,
		.network = f->network,
		.caveat = f->caveat,
		.trace = f->trace,
		.no_holder = f->no_holder,
		.good = f->found.good,
		.bad = f->found.bad,
		.commit = f->found.commit,
		.fixed = f->found.fixed,
		.program = f->program,
		.no_program = f->no_program,
		.words = f->words,
	};
}

void mail_facts_deinit(struct mail_facts *f)
{
	char *const texts[] = { f->compiler,   f->kernel_version, f->options, f->mkfs,
				f->mount,      f->caveat,	  f->trace,   f->program,
				f->no_program, f->words,	  f->network, f->u.unheld.where };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
	bisect_found_deinit(&f->found);
	for (size_t i = 0; i < f->u.nr_counts; i++)
		free(f->counts[i].where);
	free(f->counts);
}
