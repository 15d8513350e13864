using OrleansVectors.Partitions.Doctor;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Collections.Doctor;

/// <summary>
/// Examines a data folder or a backup store without a server: checksums, references, what nothing refers to, what an opening
/// would recover. Reads every byte, and changes nothing unless it is asked to repair.
/// </summary>
public static class DatabaseDoctor
{
    /// <summary>Examines a data folder, which no server may have open. Nothing in it changes.</summary>
    /// <exception cref="FolderLockedException">A process has it open; it is named.</exception>
    /// <exception cref="DirectoryNotFoundException">It is no data folder.</exception>
    public static Task<DoctorReport> ExamineAsync(string folder, LogPlace logs = LogPlace.Folder, CancellationToken cancellationToken = default)
        => Task.Run(
            () =>
            {
                RequireData(folder);
                using FolderLock? held = FolderLock.AcquireForReading(folder);
                return new FolderExaminer(folder, logs).Examine([], cancellationToken);
            },
            cancellationToken);

    /// <summary>
    /// Examines a data folder; leaves damaged indexes out of checkpoints whose data are sound, so that the next opening builds
    /// them again; deletes what nothing refers to; and examines it again. Damaged data are not touched. Safe to kill at any
    /// moment.
    /// </summary>
    /// <returns>What the second examination found, with what was done.</returns>
    /// <exception cref="FolderLockedException">A process has it open; it is named.</exception>
    /// <exception cref="DirectoryNotFoundException">It is no data folder.</exception>
    public static Task<DoctorReport> RepairAsync(string folder, LogPlace logs = LogPlace.Folder, CancellationToken cancellationToken = default)
        => Task.Run(
            () =>
            {
                RequireData(folder);
                using FolderLock held = FolderLock.Acquire(folder);
                FolderExaminer examiner = new(folder, logs);
                examiner.Examine([], cancellationToken);
                return new FolderExaminer(folder, logs).Examine(examiner.Repair(cancellationToken), cancellationToken);
            },
            cancellationToken);

    /// <summary>
    /// Examines a backup store by reading it: every record, and everything that the records name. Servers may use it
    /// meanwhile. Orphans are told, and left to the retention of the server that takes backups.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="scratch">A folder for blobs on their way, one at a time; null for the system's.</param>
    /// <param name="clock">What ages are told by; null for the system's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BlobStoreException">The store does not answer.</exception>
    public static async Task<DoctorReport> ExamineBackupsAsync(
        IBlobStore store, string? scratch = null, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        string folder = scratch is null
            ? Directory.CreateTempSubdirectory("ov-doctor-").FullName
            : Directory.CreateDirectory(Path.Combine(scratch, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            return await new BackupExaminer(store, folder, clock ?? TimeProvider.System).ExamineAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Whether a folder holds a database, or what is left of one.</summary>
    public static bool IsData(string folder)
        => File.Exists(Path.Combine(folder, FolderLock.FileName)) || Directory.Exists(Path.Combine(folder, "control"));

    private static void RequireData(string folder)
    {
        if (!IsData(folder))
        {
            throw new DirectoryNotFoundException($"'{folder}' is no data folder: it has neither {FolderLock.FileName} nor control");
        }
    }
}
