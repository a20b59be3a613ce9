/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of the last events of a storm. */
#include <string.h>

#include "workloads/storm/storm.h"

void storm_log_add(struct storm_log *log, const struct storm_event *e)
{
	log->v[log->n++ % STORM_LOG_MAX] = *e;
}

const struct storm_event *storm_log_at(const struct storm_log *log, uint64_t i)
{
	uint64_t left = MIN(log->n, STORM_LOG_MAX);

	return i < left ? &log->v[(log->n - left + i) % STORM_LOG_MAX] : NULL;
}

static void add_line(const struct storm_event *e, uint64_t from_ns, struct buf *out)
{
	static const char *const acts[] = {
		[STORM_TOUCH] = "store", [STORM_PIN] = "pin",	 [STORM_UNPIN] = "unpin",
		[STORM_START] = "start", [STORM_DONE] = "ended", [STORM_CHECK] = "check",
	};
	bool op = e->act == STORM_START || e->act == STORM_DONE;

	buf_addf(out, "%12.6f ", (double)(int64_t)(e->ns - from_ns) / 1e9);
	if (e->worker == STORM_LEADER)
		buf_addf(out, "leader %u: %s", e->round, acts[e->act]);
	else
		buf_addf(out, "worker %u round %u: %s", e->worker, e->round, acts[e->act]);
	if (op)
		buf_addf(out, " t%u %s", e->id, e->op->name);
	else if (e->act == STORM_PIN || e->act == STORM_UNPIN)
		buf_addf(out, " p%u %s", e->id, e->pin->name);
	buf_addf(out, " %#llx %#llx", (unsigned long long)e->off, (unsigned long long)e->len);
	if (e->act == STORM_DONE)
		buf_addf(out, " %s", e->result ? errno_name(-e->result) : "success");
	buf_addc(out, '\n');
}

void storm_log_text(const struct storm_log *log, uint64_t from_ns, size_t max, struct buf *out)
{
	const struct storm_event *e;
	size_t cut = 0;

	for (uint64_t i = 0; (e = storm_log_at(log, i)) != NULL; i++)
		add_line(e, from_ns, out);
	while (out->len - cut > max)
		cut += strcspn(out->data + cut, "\n") + 1;
	buf_consume(out, cut);
}
