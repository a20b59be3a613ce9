/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Slurm of the test's own: munged, slurmctld and slurmd with files, ports and a cluster of
 * their own, on loopback. It neither finds nor disturbs a Slurm of the machine.
 */
#ifndef RIG_TESTS_SLURM_H
#define RIG_TESTS_SLURM_H

#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/scratch.h"

#define SLURM_CPUS 3
#define SLURM_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct slurm {
	char *dir; /* short: the path of munge's socket begins with it */
	pid_t munged, ctld, slurmd;
};

static inline void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* The first program that is not installed, or NULL. */
static inline const char *slurm_lacks(void)
{
	static const char *const needed[] = { "munged", "slurmctld", "slurmd",	"sbatch",
					      "squeue", "scontrol",  "scancel", "sinfo" };
	static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/usr/local/sbin",
					       "/usr/local/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		bool found = false;

		for (size_t f = 0; f < ARRAY_SIZE(folders); f++) {
			_cleanup_free_ char *path = xasprintf("%s/%s", folders[f], needed[i]);

			found |= access(path, X_OK) == 0;
		}
		if (!found)
			return needed[i];
	}
	return NULL;
}

/* A port of loopback that nobody has; somebody may take it before it is used. */
static inline unsigned int free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return ntohs(a.sin_port);
}

/* Starts a daemon in the foreground; its output goes to DIR/NAME.out. */
static inline pid_t start_daemon(const struct slurm *s, const char *const argv[])
{
	_cleanup_free_ char *out = xasprintf("%s/%s.out", s->dir, argv[0]);
	_cleanup_free_ char *conf = xasprintf("SLURM_CONF=%s/slurm.conf", s->dir);
	pid_t pid = fork();

	if (pid)
		return pid;
	setpgid(0, 0);
	/* a test that is aborted leaves none of them */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (!freopen("/dev/null", "r", stdin) || !freopen(out, "w", stdout) || dup2(1, 2) < 0)
		_exit(126);
	putenv((char *)SLURM_PATH);
	putenv(conf);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static inline void put_text(const struct slurm *s, const char *name, const char *text)
{
	put_bytes(s->dir, name, text, strlen(text));
}

static inline void put_config(const struct slurm *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	char host[65];

	assert_int_equal(gethostname(host, sizeof(host)), 0);
	host[strcspn(host, ".")] = '\0';
	buf_addf(&b, "ClusterName=daxrig\nSlurmctldHost=%s(127.0.0.1)\n", host);
	buf_addf(&b, "SlurmUser=%s\nSlurmdUser=%s\n", getpwuid(geteuid())->pw_name,
		 getpwuid(geteuid())->pw_name);
	buf_addf(&b, "AuthType=auth/munge\nAuthInfo=socket=%s/munge.socket\n", s->dir);
	buf_addf(&b, "SlurmctldPort=%u\nSlurmdPort=%u\n", free_port(), free_port());
	buf_addf(&b, "StateSaveLocation=%s/state\nSlurmdSpoolDir=%s/spool\n", s->dir, s->dir);
	buf_addf(&b, "SlurmctldPidFile=%s/ctld.pid\nSlurmdPidFile=%s/slurmd.pid\n", s->dir, s->dir);
	/* nothing that needs cgroups, accounting, or the real number of processors */
	buf_addf(&b,
		 "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n"
		 "JobAcctGatherType=jobacct_gather/none\n"
		 "AccountingStorageType=accounting_storage/none\n"
		 "SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\n"
		 "SlurmdParameters=config_overrides\nReturnToService=2\nKillWait=5\n"
		 "MailProg=/bin/true\nMpiDefault=none\n"
		 "NodeName=%s NodeAddr=127.0.0.1 CPUs=%d State=UNKNOWN\n"
		 "PartitionName=test Nodes=ALL Default=YES MaxTime=60 State=UP\n",
		 host, SLURM_CPUS);
	put_text(s, "slurm.conf", b.data);
	put_text(s, "cgroup.conf", "CgroupPlugin=autodetect\nIgnoreSystemd=yes\n");
	put_text(s, "state/.keep", "");
	put_text(s, "spool/.keep", "");
}

/* Runs a client, and takes what it prints; NULL when it fails. free() it. */
static inline char *slurm_try(const struct slurm *s, const char *command)
{
	_cleanup_free_ char *line = xasprintf("export %s SLURM_CONF='%s/slurm.conf'; %s",
					      SLURM_PATH, s->dir, command);
	struct buf out = BUF_INIT;
	struct err *err = run_program((const char *const[]){ "sh", "-c", line, NULL }, 60000, &out);

	if (!err)
		return buf_take(&out);
	err_free(err);
	buf_deinit(&out);
	return NULL;
}

/* Waits until @command prints @wanted. */
static inline bool slurm_await(const struct slurm *s, const char *command, const char *wanted,
			       unsigned int seconds)
{
	uint64_t end = now_ns() + seconds * 1000000000ull;

	while (now_ns() < end) {
		_cleanup_free_ char *said = slurm_try(s, command);

		if (said && strcmp(said, wanted) == 0)
			return true;
		pause_ms(250);
	}
	return false;
}

static inline void print_file(const struct slurm *s, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", s->dir, name);
	_cleanup_buf_ struct buf text = BUF_INIT;

	err_free(file_read(path, 1 << 20, &text));
	print_message("%s:\n%s\n", name, buf_str(&text));
}

/* Ends a daemon that the test started. */
static inline void end_daemon(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	for (int i = 0; i < 100; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return;
		pause_ms(100);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Jobs first: a step would outlive its slurmd. */
static inline void slurm_end(struct slurm *s)
{
	if (s->slurmd > 0) {
		free(slurm_try(s, "scancel --state=PENDING --me; scancel --full --me"));
		slurm_await(s, "squeue -h", "", 30);
	}
	end_daemon(s->slurmd);
	end_daemon(s->ctld);
	end_daemon(s->munged);
}

/* Starts all three; NULL, or which of them does not come up here. */
static inline const char *slurm_begin(struct slurm *s)
{
	_cleanup_free_ char *key = xasprintf("--key-file=%s/munge.key", s->dir);
	_cleanup_free_ char *socket = xasprintf("--socket=%s/munge.socket", s->dir);
	_cleanup_free_ char *pid = xasprintf("--pid-file=%s/munge.pid", s->dir);
	_cleanup_free_ char *log = xasprintf("--log-file=%s/munge.log", s->dir);
	_cleanup_free_ char *seed = xasprintf("--seed-file=%s/munge.seed", s->dir);
	_cleanup_free_ char *ask = xasprintf("munge -n -S %s/munge.socket >/dev/null", s->dir);
	_cleanup_free_ char *made = xasprintf("umask 077; head -c 128 /dev/urandom >%s/munge.key",
					      s->dir);

	put_config(s);
	free(slurm_try(s, made));
	/* --force: the folder is below /tmp, which all users can write */
	s->munged = start_daemon(s, (const char *const[]){ "munged", "--foreground", "--force", key,
							   socket, pid, log, seed, NULL });
	if (!slurm_await(s, ask, "", 20))
		return "munged";
	s->ctld = start_daemon(s, (const char *const[]){ "slurmctld", "-D", "-c", NULL });
	if (!slurm_await(s, "sinfo -h -o %P", "test*\n", 30))
		return "slurmctld";
	s->slurmd = start_daemon(s, (const char *const[]){ "slurmd", "-D", NULL });
	if (!slurm_await(s, "sinfo -h -o %T", "idle\n", 30))
		return "slurmd";
	return NULL;
}

#endif
