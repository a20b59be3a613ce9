/* SPDX-License-Identifier: GPL-2.0-only */
#include "run/nodes-private.h"

#include "run/machine-private.h"

static const char *name_of(const char *uri)
{
	return uri ? uri : VIRT_URI_PRIVATE;
}

static void add_node(struct run *r, const char *uri, struct virt *virt)
{
	struct run_nodes *s = &r->nodes;

	s->v[s->n++] = (struct run_node){ .uri = name_of(uri), .virt = virt, .base = r->base };
	s->v[s->n - 1].base.virt = virt;
	s->alive++;
}

/* The accelerator that the first node chose must work here, too. */
static struct err *check_accel(struct run *r, struct run_node *n, const char *qemu)
{
	bool kvm = r->base.spec.accel == DOMAIN_ACCEL_KVM;
	_cleanup_free_ char *memory = xasprintf("%s/accel", r->paths.cache);
	struct machine probe;
	struct accel accel;
	struct err *err;

	machine_init(&probe, &n->base, &r->geometry, r->host.leftover, 0);
	err = machine_make_nvdimms(&probe);
	if (!err)
		err = accel_choose(kvm ? ACCEL_KVM : ACCEL_TCG, n->virt, &probe.setup.spec, memory,
				   qemu, r->kernel->key, r->cancel_fd, &accel);
	machine_drop_nvdimms(&probe);
	machine_deinit(&probe);
	if (err)
		return err_wrap(err, "cannot use '%s'", n->uri);
	n->base.spec.accel = accel.accel;
	n->base.scale = accel.scale;
	return NULL;
}

static struct err *open_node(struct run *r, const char *uri)
{
	struct virt_versions versions;
	struct virt *virt;
	struct err *err = virt_open(uri, NULL, NULL, &virt);

	if (err)
		return err;
	add_node(r, uri, virt);
	err = virt_versions(virt, &versions);
	if (err)
		return err;
	r->nodes.v[r->nodes.n - 1].base.spec.emulator = versions.emulator;
	return check_accel(r, &r->nodes.v[r->nodes.n - 1], versions.qemu);
}

struct err *run_nodes_open(struct run *r)
{
	struct err *err = NULL;

	pthread_cond_init(&r->nodes.changed, NULL);
	r->nodes.v = xcalloc(1 + r->o->nr_also, sizeof(*r->nodes.v));
	r->nodes.back = xcalloc(r->plan.nr_cases, sizeof(*r->nodes.back));
	add_node(r, r->o->uri, r->host.virt);
	for (unsigned int i = 0; i < r->o->nr_also && !err; i++)
		err = open_node(r, r->o->also[i]);
	return err;
}

void run_nodes_close(struct run *r)
{
	if (!r->nodes.v)
		return;
	for (size_t i = 1; i < r->nodes.n; i++)
		virt_close(r->nodes.v[i].virt);
	free(r->nodes.v);
	free(r->nodes.back);
	pthread_cond_destroy(&r->nodes.changed);
}

struct run_node *run_node_of(struct run *r, unsigned int id)
{
	return &r->nodes.v[id % r->nodes.n];
}

bool run_node_is_lost(const struct run_node *n)
{
	return virt_is_lost(n->virt);
}

/* A case that came back began already, for who watches. */
static size_t next_case(struct run *r)
{
	size_t place;

	if (r->nodes.nr_back)
		return r->nodes.back[--r->nodes.nr_back];
	/* of a resumed run some are over */
	while (r->next < r->plan.nr_cases && r->records[r->next])
		r->next++;
	if (r->next == r->plan.nr_cases)
		return SIZE_MAX;
	place = r->next++;
	run_case_begins(r, place);
	return place;
}

size_t run_node_take(struct run *r, const struct run_node *n)
{
	size_t place = SIZE_MAX;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		if (!r->err && run_cancelled(r))
			r->err = err_create(ERR_CANCELLED, "interrupted");
		if (!r->err && r->o->deadline_ns && now_ns() > r->o->deadline_ns)
			r->err = err_create(ERR_TIMEOUT, "the time for this run is over");
		if (r->err || r->enough || n->gone)
			break;
		place = next_case(r);
		if (place != SIZE_MAX || !r->nodes.running || r->nodes.n == 1)
			break;
		pthread_cond_wait(&r->nodes.changed, &r->lock);
	}
	r->nodes.running += place != SIZE_MAX;
	pthread_mutex_unlock(&r->lock);
	return place;
}

void run_node_over(struct run *r)
{
	pthread_mutex_lock(&r->lock);
	r->nodes.running--;
	pthread_cond_broadcast(&r->nodes.changed);
	pthread_mutex_unlock(&r->lock);
}

struct err *run_node_give_back(struct run *r, struct run_node *n, size_t place)
{
	size_t left;
	bool first;

	pthread_mutex_lock(&r->lock);
	first = !n->gone;
	n->gone = true;
	r->nodes.alive -= first;
	left = r->nodes.alive;
	r->nodes.back[r->nodes.nr_back++] = place;
	r->boot_failures = 0;
	pthread_mutex_unlock(&r->lock);
	if (!left)
		return err_create(ERR_INFRA,
				  r->nodes.n > 1 ? "lost every connection, '%s' last" :
						   "lost the connection to '%s'",
				  n->uri);
	if (first)
		progress_line(&r->note, "lost the connection to '%s': its cases go to the others",
			      n->uri);
	return NULL;
}
