/* SPDX-License-Identifier: GPL-2.0-only */
/* The time to classify a history and to write all its pages. */
#include "bench/bench.h"
#include "bench/made-history.h"
#include "reports/site/site.h"

void bench_site(struct bench *b, struct figure *f)
{
	static const struct made made = { .seed = 1, .nights = 100, .cases = 5000 };
	_cleanup_free_ char *folder = xasprintf("%s/site", b->out);
	const struct site_options o = { .folder = folder, .read = made_record };
	struct history h = HISTORY_INIT;
	struct site_result first, again;
	uint64_t times[4];
	struct err *err;

	made_history(&h, &made);
	times[0] = now_ns();
	history_classify(&h);
	times[1] = now_ns();
	err = site_write(&h, &o, &first);
	times[2] = now_ns();
	if (!err)
		err = site_write(&h, &o, &again);
	times[3] = now_ns();
	history_deinit(&h);
	if (err) {
		figure_fail(f, err);
		return;
	}
	figure_set(
		f, (double)(times[2] - times[0]) / 1e9,
		xasprintf("to classify %u nights of %u kernels and %u cases, %.1f s, and to write "
			  "%zu pages, %.1f s; %.1f s when %zu of them changed; one run each",
			  made.nights, MADE_KERNELS, made.cases,
			  (double)(times[1] - times[0]) / 1e9, first.written,
			  (double)(times[2] - times[1]) / 1e9, (double)(times[3] - times[2]) / 1e9,
			  again.written));
}
