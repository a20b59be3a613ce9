/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of all functions of the running kernel and its modules, for the host's coverage. */
#include <stdio.h>
#include <string.h>

#include "guests/agent/agent.h"
#include "guests/agent/names.h"

#define PIECE 50000u
#define PIECE_MS 30000

/* "ffffffff81000000 T name": a function? */
static bool is_code(const char *line, ssize_t len)
{
	return len > 18 && line[16] == ' ' && strchr("tTwW", line[17]);
}

/* One piece after the other, so that they do not pile up in the link. */
static bool send_piece(struct link *l, struct buf *piece)
{
	link_send_evidence(l, NAMES_EVIDENCE, piece);
	buf_reset(piece);
	return !link_drain(l, PIECE_MS);
}

bool names_send(struct link *l)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	struct buf piece = BUF_INIT;
	size_t room = 0;
	char *line = NULL;
	bool ok = f != NULL;
	ssize_t n;

	while (ok && (n = getline(&line, &room, f)) > 0) {
		if (is_code(line, n))
			buf_add(&piece, line, (size_t)n);
		if (piece.len > PIECE)
			ok = send_piece(l, &piece);
	}
	if (ok && piece.len)
		ok = send_piece(l, &piece);
	buf_deinit(&piece);
	free(line);
	if (f)
		fclose(f);
	return ok;
}
