using System.CommandLine;
using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Collections.Doctor;
using OrleansVectors.Partitions.Doctor;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Cli.Doctor;

/// <summary><c>ov doctor</c>: the one command that asks no server and knows the files.</summary>
internal sealed class DoctorCommand
{
    private const string BucketScheme = "s3://";

    /// <summary>What a store in a folder has from its first opening on: see FolderBlobStore and BackupKeys.</summary>
    private static readonly string[] StoreFolders = ["backups", ".tmp"];

    private readonly Option<bool> _repair = new("--repair")
    {
        Description = "Leave damaged indexes out of checkpoints (the server builds them again) and delete what nothing refers to. Damaged data are never touched.",
    };

    private readonly Option<bool> _logElsewhere = new("--log-elsewhere")
    {
        Description = "The server keeps its logs in a database (--log-to): nothing is said of them, and they are taken to be sound.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON." };
    private readonly Argument<string> _place = new("PLACE") { Description = "A server's data folder, a folder of backups, or s3://bucket/prefix of backups." };

    public Command Build(Terminal terminal)
    {
        Command command = new("doctor", "Examine a data folder or a backup store without a server: checksums, references, orphans, what would be recovered.")
        {
            _repair, _logElsewhere, _json, _place,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, terminal, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        DoctorReport report = await ExamineAsync(parsed.GetRequiredValue(_place), parsed, cancellation);
        if (parsed.GetValue(_json))
        {
            terminal.Out.WriteLine(DoctorJson.Write(report));
        }
        else
        {
            new DoctorText(report, terminal).Write();
        }

        return report.Errors == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private async Task<DoctorReport> ExamineAsync(string place, ParseResult parsed, CancellationToken cancellation)
    {
        bool repairs = parsed.GetValue(_repair);
        LogPlace logs = parsed.GetValue(_logElsewhere) ? LogPlace.Elsewhere : LogPlace.Folder;
        bool isBucket = place.StartsWith(BucketScheme, StringComparison.OrdinalIgnoreCase);
        if (!isBucket && !Directory.Exists(place))
        {
            throw new CommandFailedException($"{place}: there is no such folder");
        }

        if (!isBucket && DatabaseDoctor.IsData(place))
        {
            string folder = Path.GetFullPath(place);
            return repairs ? await DatabaseDoctor.RepairAsync(folder, logs, cancellation) : await DatabaseDoctor.ExamineAsync(folder, logs, cancellation);
        }

        // Opening a store creates what it needs: a folder that is none must not become one.
        if (!isBucket && !StoreFolders.Any(name => Directory.Exists(Path.Combine(place, name))))
        {
            throw new CommandFailedException($"{place}: neither a data folder (with LOCK or control) nor a folder of backups (with backups)");
        }

        if (repairs)
        {
            throw new CommandFailedException(
                "--repair goes with a data folder alone: what no backup has is deleted by the retention of the server that takes them", ExitCode.Usage);
        }

        try
        {
            using IBlobStore store = BlobStores.Open(place);
            return await DatabaseDoctor.ExamineBackupsAsync(store, cancellationToken: cancellation);
        }
        catch (BlobLocationException wrong)
        {
            throw new CommandFailedException(wrong.Message, ExitCode.Usage);
        }
    }
}
