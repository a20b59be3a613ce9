/* SPDX-License-Identifier: GPL-2.0-only */
/* Simulated kernels for the tests of bisections: nothing is booted. */
#ifndef RIG_TESTS_SIMULATED_H
#define RIG_TESTS_SIMULATED_H

#include <signal.h>
#include <string.h>

#include "bisect/session.h"

#define SIMULATED_RULE "contract.waits"

struct simulated {
	size_t n, culprit; /* versions v0 ... ; the finding shows from the culprit on */
	double rate, false_rate;
	uint64_t seed;
	const char *manners; /* of each version, NULL: all '.': 'b' does not build, 't' does not
				   boot, 'a' has no guest, 's' has another splat, 'o' fails in
				   another way, 'u' is unfit, 'i' the host fails; 'f' fails to
				   boot once, 'g' has another splat twice, 'h' every other time */
	size_t runs;	     /* number of runs so far */
	size_t runs_of[4096];
	size_t stop_at; /* number of the run that is interrupted, from 1; 0: none */
	bool die;	/* interrupt it by SIGKILL */
};

static inline uint64_t simulated_mix(uint64_t z)
{
	z += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static inline double simulated_chance(const struct simulated *w, size_t version, size_t nth)
{
	uint64_t z = simulated_mix(simulated_mix(w->seed) ^ version) ^ nth;

	return (double)(simulated_mix(z) >> 11) * 0x1p-53;
}

static inline struct case_record *simulated_record(const char *rule, const char *splat, bool absent)
{
	struct case_record *rec = case_record_create("xfs/c");

	rec->end_seen = !absent;
	rec->guest_end = absent ? GUEST_END_ABSENT : GUEST_END_FINE;
	rec->guest.number = !absent;
	case_record_add_step(rec, &(struct case_step){ .line = 1,
						       .status = rule ? STEP_FAIL : STEP_OK,
						       .rule = (char *)rule,
						       .step = (char *)"expect t blocks" });
	if (splat) {
		struct splat *s = xcalloc(1, sizeof(*s));

		*s = (struct splat){ .title = xstrdup(splat), .excerpt = xstrdup("x\n") };
		case_record_add_splat(rec, s);
	}
	case_record_judge(rec);
	return rec;
}

/* The version @spec, "vN". */
static inline struct err *simulated_run(void *arg, const char *spec,
					bool (*over)(void *arg, const struct case_record *rec),
					void *over_arg, char **folder)
{
	struct simulated *w = arg;
	size_t version = strtoul(spec + 1, NULL, 10), nth = w->runs_of[version]++;
	char manner = w->manners ? w->manners[version] : '.';
	bool shows = simulated_chance(w, version, nth) <
		     (version >= w->culprit ? w->rate : w->false_rate);
	struct case_record *rec;

	if (++w->runs == w->stop_at) {
		if (w->die)
			raise(SIGKILL);
		return err_create(ERR_CANCELLED, "interrupted");
	}
	if (manner == 'b')
		return err_create(ERR_BUILD, "cc1 is not happy");
	if (manner == 't')
		return err_create(ERR_TIMEOUT, "the agent did not speak");
	if (manner == 'f' && nth == 0)
		return err_create(ERR_TIMEOUT, "not yet");
	if (manner == 'h' && nth % 2 == 0)
		manner = 's';
	if (manner == 'g' && nth < 2)
		manner = 's';
	if (manner == 'u')
		return err_create(ERR_USAGE, "it lacks CONFIG_FS_DAX");
	if (manner == 'i')
		return err_create(ERR_INFRA, "no room");
	*folder = xasprintf("/runs/%zu", w->runs);
	rec = simulated_record(manner == 'o'	      ? "contract.errno" :
			       shows && manner != 's' ? SIMULATED_RULE :
							NULL,
			       manner == 's' ? "BUG in other" : NULL, manner == 'a');
	(void)over(over_arg, rec);
	case_record_destroy(rec);
	return NULL;
}

static inline void simulated_history(struct candidates *h, size_t n)
{
	*h = (struct candidates){ .unit = "version" };
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *spec = xasprintf("v%zu", i);
		_cleanup_free_ char *label = xasprintf("number %zu", i);

		candidates_add(h, spec, label);
	}
}

#endif
