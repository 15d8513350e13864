using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Collections.Doctor;
using OrleansVectors.Partitions.Doctor;
using Spectre.Console;

namespace OrleansVectors.Cli.Doctor;

/// <summary>A doctor's report for people: a table, the findings, and a last line that says how it is.</summary>
internal sealed class DoctorText(DoctorReport report, Terminal terminal)
{
    private const string Indent = "         ";

    public void Write()
    {
        terminal.Out.WriteLine(report.Place);
        if (report.Collections.Count > 0)
        {
            terminal.Tables().Write(Collections());
        }

        if (report.Backups.Count > 0)
        {
            terminal.Tables().Write(Backups());
        }

        foreach (string repair in report.Repairs)
        {
            terminal.Out.WriteLine($"repaired {repair}");
        }

        foreach (DoctorFinding finding in report.Findings)
        {
            Write(finding);
        }

        terminal.Out.WriteLine(report.IsSound ? "sound" : Counted(report.Errors, report.Warnings));
    }

    private void Write(DoctorFinding finding)
    {
        string at = finding.Offset is { } offset ? Invariant($" at byte {offset}") : "";
        string expected = finding.Expected.Length > 0 ? $"expected {finding.Expected}, found " : "";
        terminal.Out.WriteLine($"{finding.Severity.ToString().ToLowerInvariant(),-8} {finding.Place}{at}");
        terminal.Out.WriteLine($"{Indent}{finding.What}: {expected}{finding.Found}");
        terminal.Out.WriteLine($"{Indent}{finding.Remedy}");
    }

    private Table Collections()
    {
        Table table = Simple("collection", "partition", ">checkpoint", ">with operation", ">points in it", "log holds", ">to replay", ">data", ">indexes", "state");
        foreach (CollectionExamination collection in report.Collections)
        {
            for (int number = 0; number < collection.Partitions.Count; number++)
            {
                PartitionExamination partition = collection.Partitions[number];
                RecoveryForecast forecast = partition.Forecast;
                table.AddRow(
                    Markup.Escape(collection.Name),
                    Invariant($"{number}"),
                    forecast.Manifest == 0 ? "none" : Invariant($"{forecast.Manifest}"),
                    Invariant($"{forecast.Cut}"),
                    forecast.Points is { } points ? Invariant($"{points:N0}") : "?",
                    forecast.LogFiles == 0 ? "nothing" : forecast.LogLast < forecast.LogFirst ? Invariant($"none before {forecast.LogFirst}") : Invariant($"{forecast.LogFirst} to {forecast.LogLast}"),
                    Invariant($"{forecast.Operations:N0}"),
                    Bytes(partition.Regions.Where(region => !region.IsCache).Sum(region => region.Bytes)),
                    Bytes(partition.Regions.Where(region => region.IsCache).Sum(region => region.Bytes)),
                    State(partition));
            }
        }

        return table;
    }

    private Table Backups()
    {
        Table table = Simple("backup", "collections", ">blobs", ">bytes", "state");
        foreach (BackupExamination backup in report.Backups)
        {
            table.AddRow(
                Markup.Escape(backup.Id),
                Markup.Escape(string.Join(", ", backup.Collections)),
                Invariant($"{backup.Blobs:N0}"),
                Bytes(backup.Bytes),
                backup.DamagedBlobs == 0 ? "sound" : Invariant($"{backup.DamagedBlobs} damaged"));
        }

        return table;
    }

    /// <summary>A table whose columns are given by their names; a <c>&gt;</c> before one says that it holds numbers.</summary>
    private static Table Simple(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
        {
            table.AddColumn(column[0] == '>' ? new TableColumn(column[1..]).RightAligned() : new TableColumn(column));
        }

        return table;
    }

    private static string State(PartitionExamination partition)
    {
        int errors = partition.Findings.Count(finding => finding.Severity == FindingSeverity.Error);
        int warnings = partition.Findings.Count(finding => finding.Severity == FindingSeverity.Warning);
        return errors + warnings == 0 ? "sound" : Counted(errors, warnings);
    }

    private static string Counted(int errors, int warnings)
        => Invariant($"{errors} {(errors == 1 ? "error" : "errors")}, {warnings} {(warnings == 1 ? "warning" : "warnings")}");

    private static string Bytes(long bytes) => bytes < 1 << 20 ? Invariant($"{bytes / 1024.0:0.#} KiB") : Invariant($"{bytes / 1048576.0:#,0.#} MiB");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
