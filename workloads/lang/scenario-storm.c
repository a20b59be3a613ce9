/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "workloads/lang/parser.h"

static struct err *parse_workers(struct line *l, struct storm_spec *spec)
{
	uint64_t n;
	struct err *err = line_size(l, "a number of workers", &n);

	if (!err && (!n || n > STORM_WORKERS_MAX))
		err = line_error(l, "expected 1 to %u workers", STORM_WORKERS_MAX);
	if (!err)
		spec->workers = (unsigned int)n;
	return err;
}

static struct err *parse_cpus(struct line *l, struct storm_spec *spec)
{
	spec->one_cpu = line_take(l, "one");
	return spec->one_cpu || line_take(l, "all") ? NULL : line_expected(l, "one or all");
}

/* Takes all following operations. */
static struct err *parse_ops(struct line *l, struct storm_spec *spec)
{
	spec->ops = 0;
	do {
		const char *name = line_peek(l);
		unsigned int bit = name ? storm_op_bit(name) : 0;

		if (!bit)
			return line_expected(l, "punch, zero, write or falloc");
		l->next++;
		spec->ops |= bit;
	} while (line_peek(l) && strcmp(line_peek(l), "pins") != 0);
	return NULL;
}

/* Takes all following pins. */
static struct err *parse_pins(struct line *l, struct storm_spec *spec)
{
	spec->pins = 0;
	do {
		const struct pin_info *pin;
		struct err *err = parser_pin(l, &pin);

		if (err)
			return err;
		if (!storm_pin_bit(pin->name))
			return line_error(l, "pin '%s' holds no pages of a file", pin->name);
		spec->pins |= storm_pin_bit(pin->name);
	} while (line_peek(l));
	return NULL;
}

struct err *step_storm(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n;
	struct err *err = parser_refer(p, THING_FILE, &st->name, &n);

	st->storm = (struct storm_spec){ .workers = STORM_WORKERS,
					 .ops = STORM_OPS_ALL,
					 .pins = storm_pin_bit(STORM_PINS_DEFAULT) };
	if (!err)
		err = line_size(l, "milliseconds", &st->storm.ms);
	if (!err && (!st->storm.ms || st->storm.ms > STORM_MS_MAX))
		err = line_error(l, "expected 1 to %u ms", STORM_MS_MAX);
	if (!err && line_take(l, "workers"))
		err = parse_workers(l, &st->storm);
	if (!err && line_take(l, "cpus"))
		err = parse_cpus(l, &st->storm);
	if (!err)
		st->storm.unstick = line_take(l, "unstick");
	if (!err && line_take(l, "ops"))
		err = parse_ops(l, &st->storm);
	if (!err && line_take(l, "pins"))
		err = parse_pins(l, &st->storm);
	p->s->needs |= storm_needs(&st->storm);
	return err;
}
