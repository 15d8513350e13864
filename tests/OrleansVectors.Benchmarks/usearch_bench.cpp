// Measures usearch compiled for this very machine. peers.py compiles and runs it, given its sources (--usearch):
//   usearch_bench base=F query=F dim=N metric=M scalar=f32|i8 m=N efc=N ef=N,N,.. threads=N build_threads=N clock=C results=F
// base and query are bare float32 rows (normalised already for cosine). For each ef it appends the ten ids of every query to
// results (int32, -1 where fewer were found) and prints "EF QPS BUILD_SECONDS BYTES".
#include <cmath>
#include <usearch/index_dense.hpp>

#include "bench_protocol.h"

namespace {

using namespace unum::usearch;

constexpr float kByteMax = 127;

// Scales all vectors alike onto whole numbers of eight bits, which keeps the order of distances. usearch's own cast divides
// each vector by its length first, which would lose Euclidean distances and most levels of a unit vector's components.
class Scale {
public:
    Scale(const std::vector<float>& base, bool is_euclidean) {
        const auto [least, most] = std::minmax_element(base.begin(), base.end());
        // Inner products need zero to stay zero.
        middle_ = is_euclidean ? (*least + *most) / 2 : 0;
        factor_ = kByteMax / std::max({*most - middle_, middle_ - *least, 1e-30f});
    }

    void Encode(const float* vector, size_t dim, int8_t* codes) const {
        for (size_t i = 0; i < dim; i++) {
            codes[i] = static_cast<int8_t>(std::clamp(std::nearbyint((vector[i] - middle_) * factor_), -kByteMax, kByteMax));
        }
    }

private:
    float middle_;
    float factor_;
};

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments(argc, argv);
    const Clock clock(arguments.Text("clock"));
    const size_t dim = arguments.Number("dim");
    const auto base = ReadAll<float>(arguments.Text("base"));
    const auto queries = ReadAll<float>(arguments.Text("query"));
    const size_t rows = base.size() / dim;
    const size_t query_count = queries.size() / dim;
    const int threads = static_cast<int>(arguments.Number("threads"));
    const int build_threads = static_cast<int>(arguments.Number("build_threads"));
    const bool is_euclidean = arguments.Text("metric") == "euclidean";
    const bool is_bytes = arguments.Text("scalar") == "i8";

    const metric_punned_t metric(dim, is_euclidean ? metric_kind_t::l2sq_k : metric_kind_t::ip_k,
                                 is_bytes ? scalar_kind_t::i8_k : scalar_kind_t::f32_k);
    std::fprintf(stderr, "usearch: distances by %s\n", metric.isa_name());
    index_dense_t index = index_dense_t::make(metric, index_dense_config_t(arguments.Number("m"), arguments.Number("efc")));
    if (!index.try_reserve(index_limits_t(rows, std::max(threads, build_threads)))) Arguments::Fail("usearch: no memory");

    const Scale scale(base, is_euclidean);
    const auto encoded = [&](const float* vector) {
        static thread_local std::vector<int8_t> codes(dim);
        scale.Encode(vector, dim, codes.data());
        return codes.data();
    };
    const double build_seconds = clock.ForEach(rows, build_threads, [&](size_t i) {
        const float* row = base.data() + i * dim;
        auto added = is_bytes ? index.add(i, encoded(row)) : index.add(i, row);
        if (!added) Arguments::Fail(added.error.release());
    });

    FILE* results = std::fopen(arguments.Text("results").c_str(), "wb");
    std::vector<int32_t> ids(query_count * kNeighbors);
    for (const auto& ef : arguments.List("ef", ',')) {
        index.change_expansion_search(std::strtoul(ef.c_str(), nullptr, 10));
        const double qps = clock.QueriesPerSecond(query_count, threads, [&](size_t q) {
            const float* query = queries.data() + q * dim;
            const auto found = is_bytes ? index.search(encoded(query), kNeighbors) : index.search(query, kNeighbors);
            index_dense_t::vector_key_t keys[kNeighbors];
            const size_t count = found.dump_to(keys);
            for (size_t i = 0; i < kNeighbors; i++) ids[q * kNeighbors + i] = i < count ? static_cast<int32_t>(keys[i]) : -1;
        });
        std::fwrite(ids.data(), sizeof(int32_t), ids.size(), results);
        std::printf("%s %.1f %.2f %zu\n", ef.c_str(), qps, build_seconds, index.serialized_length());
        std::fflush(stdout);
    }
    std::fclose(results);
    return 0;
}
