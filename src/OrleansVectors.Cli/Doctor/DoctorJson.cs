using System.Text;
using System.Text.Json;
using OrleansVectors.Collections.Doctor;
using OrleansVectors.Partitions.Doctor;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Cli.Doctor;

/// <summary>A doctor's report for programs.</summary>
internal static class DoctorJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>The report as one document.</summary>
    public static string Write(DoctorReport report)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Indented))
        {
            writer.WriteStartObject();
            writer.WriteString("place", report.Place);
            writer.WriteBoolean("sound", report.IsSound);
            writer.WriteNumber("errors", report.Errors);
            writer.WriteNumber("warnings", report.Warnings);
            WriteAll(writer, "repairs", report.Repairs, writer.WriteStringValue);
            WriteAll(writer, "collections", report.Collections, collection => WriteCollection(writer, collection));
            WriteAll(writer, "backups", report.Backups, backup => WriteBackup(writer, backup));
            WriteAll(writer, "findings", report.Findings, finding => WriteFinding(writer, finding));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteCollection(Utf8JsonWriter writer, CollectionExamination collection)
    {
        writer.WriteStartObject();
        writer.WriteString("name", collection.Name);
        writer.WriteString("folder", collection.Folder);
        WriteAll(writer, "payload_indexes", collection.PayloadIndexes, writer.WriteStringValue);
        WriteAll(writer, "partitions", collection.Partitions, partition => WritePartition(writer, partition));
        writer.WriteEndObject();
    }

    private static void WritePartition(Utf8JsonWriter writer, PartitionExamination partition)
    {
        RecoveryForecast forecast = partition.Forecast;
        writer.WriteStartObject();
        writer.WriteString("folder", partition.Folder);
        writer.WriteBoolean("opens", forecast.IsPossible);
        writer.WriteNumber("checkpoint", forecast.Manifest);
        writer.WriteNumber("checkpoint_operation", forecast.Cut.Value);
        WriteTime(writer, "checkpoint_time", forecast.CutTime);
        if (forecast.Points is { } points)
        {
            writer.WriteNumber("checkpoint_points", points);
        }

        writer.WriteNumber("operations_to_replay", forecast.Operations);
        writer.WriteStartObject("log");
        writer.WriteNumber("first_operation", forecast.LogFirst.Value);
        writer.WriteNumber("last_operation", forecast.LogLast.Value);
        WriteTime(writer, "last_time", forecast.LogTime);
        writer.WriteNumber("files", forecast.LogFiles);
        writer.WriteBoolean("closed", forecast.IsClosed);
        writer.WriteEndObject();
        WriteAll(writer, "regions", partition.Regions, region => WriteRegion(writer, region));
        writer.WriteEndObject();
    }

    private static void WriteRegion(Utf8JsonWriter writer, RegionExamination region)
    {
        writer.WriteStartObject();
        writer.WriteString("name", region.Name);
        writer.WriteBoolean("cache", region.IsCache);
        writer.WriteNumber("bytes", region.Bytes);
        writer.WriteNumber("chunks", region.Chunks);
        writer.WriteNumber("damaged_chunks", region.DamagedChunks);
        writer.WriteEndObject();
    }

    private static void WriteBackup(Utf8JsonWriter writer, BackupExamination backup)
    {
        writer.WriteStartObject();
        writer.WriteString("id", backup.Id);
        writer.WriteString("time", backup.Time);
        WriteAll(writer, "collections", backup.Collections, writer.WriteStringValue);
        writer.WriteNumber("blobs", backup.Blobs);
        writer.WriteNumber("bytes", backup.Bytes);
        writer.WriteNumber("damaged_blobs", backup.DamagedBlobs);
        writer.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter writer, DoctorFinding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        writer.WriteString("what", finding.What);
        writer.WriteString("place", finding.Place);
        if (finding.Offset is { } offset)
        {
            writer.WriteNumber("offset", offset);
        }

        writer.WriteString("expected", finding.Expected);
        writer.WriteString("found", finding.Found);
        writer.WriteString("remedy", finding.Remedy);
        writer.WriteEndObject();
    }

    /// <summary>Times are left out where they are not known.</summary>
    private static void WriteTime(Utf8JsonWriter writer, string name, LogTime time)
    {
        if (time != LogTime.None)
        {
            writer.WriteString(name, time.ToString());
        }
    }

    private static void WriteAll<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> items, Action<T> write)
    {
        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            write(item);
        }

        writer.WriteEndArray();
    }
}
