/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "base/nearest.h"

#define KEY_HELP 1
#define OPTIONS_MAX 32

static void print_indented(const char *text, int column)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		printf("%.*s\n", (int)n, text);
		text += n;
		if (*text++ != '\n')
			return;
		printf("%*s", column, "");
	}
}

void command_help(const struct command *c)
{
	printf("Usage: daxrig %s [OPTION...]%s%s\n%s\n\nOptions:\n", c->name,
	       *c->operands ? " " : "", c->operands, c->summary);
	for (const struct command_option *o = c->options; o->name; o++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->value ? " " : "",
			 o->value ? o->value : "");
		printf("  %-22s ", left);
		print_indented(o->help, 25);
	}
	printf("  %-22s %s\n", "--help", "print this and exit");
	if (*c->help)
		printf("\n%s", c->help);
}

static struct err *unknown_option(const struct command *c, const char *given)
{
	_cleanup_free_ char *word = xstrndup(given, strcspn(given, "="));
	_cleanup_free_ char *help = xasprintf("see 'daxrig %s --help'", c->name);
	struct nearest n = { .word = word };
	char names[OPTIONS_MAX][32];
	int i = 0;

	for (const struct command_option *o = c->options; o->name; o++, i++) {
		snprintf(names[i], sizeof(names[i]), "--%s", o->name);
		nearest_offer(&n, names[i]);
	}
	return nearest_err(&n, "option", help);
}

static struct err *bad_option(const struct command *c, char **argv, int opt)
{
	const char *word = argv[optind - 1];

	if (opt == ':')
		return err_create(ERR_USAGE, "option '%s' needs a value; see 'daxrig %s --help'",
				  word, c->name);
	return unknown_option(c, word);
}

struct err *command_main(const struct command *c, int argc, char **argv, int *status)
{
	struct option options[OPTIONS_MAX] = { { "help", no_argument, NULL, KEY_HELP } };
	int n = 1, opt;
	struct err *err;

	for (const struct command_option *o = c->options; o->name; o++)
		options[n++] = (struct option){ o->name, o->value ? required_argument : no_argument,
						NULL, o->key };
	opterr = 0;
	optind = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == KEY_HELP) {
			command_help(c);
			return NULL;
		}
		if ((opt == '?' || opt == ':') && c->mistake) {
			c->mistake(c->state, argv[optind - 1], bad_option(c, argv, opt));
			continue;
		}
		if (opt == '?' || opt == ':')
			return bad_option(c, argv, opt);
		err = c->option(c->state, opt, optarg);
		if (err)
			return err;
	}
	return c->run(c->state, argv + optind, argc - optind, status);
}

struct err *command_count(const char *name, const char *value, unsigned int max, unsigned int *out)
{
	uint64_t n;

	if (!parse_size(value, &n) || !n || n > max)
		return err_create(ERR_USAGE, "--%s '%s' is not a number: expected 1 to %u", name,
				  value, max);
	*out = (unsigned int)n;
	return NULL;
}

struct err *command_glob(const char *value, const char **out)
{
	*out = value;
	return glob_check(value);
}

static void say_line(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}

const struct progress command_say = { say_line, NULL };

struct err *command_forward(const struct command *c, const char *name, void *state,
			    const char *value)
{
	const struct command_option *its = c->options;

	while (strcmp(its->name, name) != 0)
		its++;
	return c->option(state, its->key, value);
}
